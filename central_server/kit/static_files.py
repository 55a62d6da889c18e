"""Page assets from memory, under one address that changes with any of their contents.

`/static/HASH/path`: HASH covers the whole folder, so relative imports between modules stay within
one version, and a browser may keep what it has for a year.
"""

import gzip
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from starlette.responses import Response

STATIC_FOLDER: Final = Path(__file__).parent.parent / "static"
_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".woff2": "font/woff2",
    ".webmanifest": "application/manifest+json",
}
"""What is served at all; any other file in the folder is not."""
_YEAR_S: Final = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class _Asset:
    content_type: str
    plain: bytes


class StaticFiles:
    """Every asset of a folder, read once."""

    def __init__(self, folder: Path = STATIC_FOLDER) -> None:
        """Read all of `folder`; later changes are not seen."""
        self._assets: dict[str, _Asset] = {}
        self._zipped: dict[str, bytes] = {}
        digest = sha256()
        for path in sorted(folder.rglob("*")):
            content_type = _TYPES.get(path.suffix)
            if content_type is None or not path.is_file():
                continue
            name, plain = path.relative_to(folder).as_posix(), path.read_bytes()
            digest.update(f"{name}\x00{len(plain)}\x00".encode() + plain)
            self._assets[name] = _Asset(content_type, plain)
        self.version = digest.hexdigest()[:12]

    def url(self, name: str) -> str:
        """The address of asset `name`; KeyError if there is none, which is a template's mistake."""
        if name not in self._assets:
            raise KeyError(f"no page asset {name!r}; is `make assets` done?")
        return f"/static/{self.version}/{name}"

    def respond(self, version: str, name: str, accept_encoding: str) -> Response:
        """The asset, 404 if unknown; only the current version may be kept by the browser."""
        asset = self._assets.get(name)
        if asset is None:
            return Response(status_code=404)
        is_current = version == self.version
        headers = {
            "cache-control": f"public, max-age={_YEAR_S}, immutable" if is_current else "no-cache",
            "vary": "accept-encoding",
        }
        body = asset.plain
        if "gzip" in accept_encoding:
            body, headers["content-encoding"] = self._compressed(name, asset), "gzip"
        return Response(body, media_type=asset.content_type, headers=headers)

    def _compressed(self, name: str, asset: _Asset) -> bytes:
        if name not in self._zipped:
            self._zipped[name] = gzip.compress(asset.plain, 6, mtime=0)
        return self._zipped[name]
