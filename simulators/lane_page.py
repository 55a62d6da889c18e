"""A page on loopback from which a person drives the lane: its picture, and a button a deed.

The server of the standard library answers in a thread; what is asked of the lane is done on the
event loop. Forms from another page are refused, and so is any name but the loopback's.
"""

import asyncio
from collections.abc import Callable, Coroutine
from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import ClassVar, Final, Self, TypeVar

from simulators.lane_deeds import DEED_WORDS, Deed, LaneHands
from simulators.lane_picture import picture
from simulators.run_folder import LOOPBACK

DEED_S: Final = 30.0
"""No deed takes so long."""
_POLICY: Final = (
    "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_STYLE: Final = """
body { font: 1.1rem/1.5 system-ui, sans-serif; max-width: 42rem; margin: 1rem auto; padding: 0 1rem;
  color: #16202c; background: #fff; }
img { width: 100%; border: 1px solid #d9e0e9; border-radius: .75rem; }
form { display: grid; grid-template-columns: repeat(auto-fill, minmax(17rem, 1fr)); gap: .5rem; }
button { min-height: 3rem; font: inherit; text-align: left; padding: .5rem 1rem;
  border: 1px solid #4a5868; border-radius: .5rem; background: #f3f6fa; color: inherit; }
button:focus-visible { outline: 3px solid #0b5cad; }
"""
_SCRIPT: Final = """
const lane = document.getElementById("lane");
setInterval(() => { lane.src = `/lane.svg?${Date.now()}`; }, 300);
document.querySelector("form").addEventListener("submit", (sent) => {
  sent.preventDefault();
  fetch(sent.submitter.formAction, { method: "POST" });
});
"""
_T = TypeVar("_T")


class LanePage:
    """The page. Asynchronous context manager; `address` is where it is."""

    def __init__(self, hands: LaneHands, *, port: int = 0) -> None:
        """`port` 0: one that is free."""
        loop = asyncio.get_running_loop()

        class Handler(_Handler):
            """Bound to this lane."""

            ask: ClassVar[Callable[..., object]] = staticmethod(_asker(loop))
            lane: ClassVar[LaneHands] = hands

        self._server = ThreadingHTTPServer((LOOPBACK, port), Handler)
        self._thread = Thread(target=self._server.serve_forever, name="lane page", daemon=True)

    @property
    def address(self) -> str:
        """Where a browser finds it."""
        return f"http://{LOOPBACK}:{self._server.server_port}"

    async def __aenter__(self) -> Self:
        """Begin to answer."""
        self._thread.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Answer no more."""
        await asyncio.to_thread(self._server.shutdown)
        self._server.server_close()


def _asker(loop: asyncio.AbstractEventLoop) -> Callable[[Coroutine[object, object, _T]], _T]:
    def ask(work: Coroutine[object, object, _T]) -> _T:
        return asyncio.run_coroutine_threadsafe(work, loop).result(DEED_S)

    return ask


class _Handler(BaseHTTPRequestHandler):
    """Answers one connection."""

    ask: ClassVar[Callable[..., object]]
    lane: ClassVar[LaneHands]

    def do_GET(self) -> None:
        """The page and its parts."""
        match self.path.partition("?")[0]:
            case _ if not self._is_here():
                self._answer(HTTPStatus.MISDIRECTED_REQUEST, "text/plain", "not this host")
            case "/":
                self._answer(HTTPStatus.OK, "text/html", page())
            case "/lane.svg":
                shown = picture(self.lane.state())
                self._answer(HTTPStatus.OK, "image/svg+xml", shown)
            case "/lane.css":
                self._answer(HTTPStatus.OK, "text/css", _STYLE)
            case "/lane.js":
                self._answer(HTTPStatus.OK, "text/javascript", _SCRIPT)
            case _:
                self._answer(HTTPStatus.NOT_FOUND, "text/plain", "nothing here")

    def do_POST(self) -> None:
        """One deed; back to the page."""
        name = self.path.removeprefix("/deeds/")
        origin = self.headers.get("Origin", f"http://{self.headers.get('Host')}")
        if not self._is_here() or origin != f"http://{self.headers.get('Host')}":
            self._answer(HTTPStatus.FORBIDDEN, "text/plain", "only from the page itself")
        elif name not in frozenset(Deed):
            self._answer(HTTPStatus.NOT_FOUND, "text/plain", "no such deed")
        else:
            came_of_it = str(type(self).ask(self.lane.do(Deed(name))))
            self._answer(HTTPStatus.SEE_OTHER, "text/plain", came_of_it, location="/")

    def log_message(self, *_: object) -> None:
        """Nothing: the lane itself tells what happens."""

    def _is_here(self) -> bool:
        return self.headers.get("Host", "").partition(":")[0] in {LOOPBACK, "localhost"}

    def _answer(self, status: HTTPStatus, kind: str, text: str, location: str = "") -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Security-Policy", _POLICY)
        if location:
            self.send_header("Location", location)
        self.end_headers()
        self.wfile.write(body)


def page() -> str:
    """The page; it works without a script, and with one stays where it is."""
    buttons = "".join(
        f'<button formaction="/deeds/{deed}">{escape(words)}</button>'
        for deed, words in DEED_WORDS.items()
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Simulated lane</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<link rel="stylesheet" href="/lane.css"><script type="module" src="/lane.js"></script>'
        "</head><body><h1>Simulated lane</h1>"
        '<img id="lane" src="/lane.svg" width="640" height="300" alt="The lane from above">'
        f'<form method="post">{buttons}</form></body></html>'
    )
