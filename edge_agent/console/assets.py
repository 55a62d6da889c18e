"""Sheets, scripts and signs of the pages, from memory. What is not in the table is not served."""

from pathlib import Path
from typing import Final

from starlette.responses import PlainTextResponse, Response

FOLDER: Final = Path(__file__).with_name("static")
TYPES: Final = {
    "console.css": "text/css; charset=utf-8",
    "lane.css": "text/css; charset=utf-8",
    "icon.svg": "image/svg+xml",
    "lane.js": "text/javascript; charset=utf-8",
    "live.js": "text/javascript; charset=utf-8",
    "camera.js": "text/javascript; charset=utf-8",
}


class Assets:
    """Every file of the table, read once."""

    def __init__(self) -> None:
        """Reads them; a missing one is a broken installation and raises FileNotFoundError."""
        self._bytes = {name: (FOLDER / name).read_bytes() for name in TYPES}

    def respond(self, name: str) -> Response:
        """The file; 404 for any other name."""
        if name not in self._bytes:
            return PlainTextResponse("no such file\n", 404)
        return Response(self._bytes[name], media_type=TYPES[name])
