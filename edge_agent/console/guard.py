"""What every request must pass, and what every answer carries.

The port is open to this machine only, but a browser on this machine may be led here by a page
from elsewhere: names other than our own are refused (DNS rebinding), and so is whatever wants to
change something and does not come from one of our own pages.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from access_core.clock import Clock
from edge_agent.console.allowance import Allowance

OWN_NAMES: Final = frozenset({"127.0.0.1", "localhost", "::1"})
"""Whatever the port: it is another one behind an SSH tunnel."""
_READING: Final = frozenset({"GET", "HEAD"})
AT_ONCE: Final = 120
EVERY_MS: Final = 20.0
"""A console with a live picture asks four times a second; this is for a page that runs wild."""
_HEADERS: Final = (
    (
        "content-security-policy",
        (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
            "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        ),
    ),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("cache-control", "no-store"),
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is not answered."""

    status: HTTPStatus
    words: str


class Guard:
    """ASGI middleware round the whole application."""

    def __init__(self, app: ASGIApp, clock: Clock) -> None:
        """Limits count for all clients together: there is one machine."""
        self._app = app
        self._allowance = Allowance(clock, at_once=AT_ONCE, every_ms=EVERY_MS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or answer with the headers that every page needs."""
        if scope["type"] != "http":
            return
        refusal = refused(scope["method"], Headers(scope=scope))
        if refusal is None and not self._allowance.take():
            refusal = Refusal(HTTPStatus.TOO_MANY_REQUESTS, "too many requests; wait a moment")

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                _add(MutableHeaders(scope=message), _HEADERS)
            await send(message)

        if refusal is None:
            await self._app(scope, receive, send_with_headers)
            return
        answer = PlainTextResponse(f"{refusal.words}\n", refusal.status)
        await answer(scope, receive, send_with_headers)


def refused(method: str, headers: Headers) -> Refusal | None:
    """Why a request with this method and these headers is refused; None if it is not."""
    host = headers.get("host", "")
    if _name_in(host) not in OWN_NAMES:
        return Refusal(
            HTTPStatus.MISDIRECTED_REQUEST,
            "this console answers to 127.0.0.1 and localhost only; for another machine use "
            "`ssh -L 8480:127.0.0.1:8480` and open http://127.0.0.1:8480",
        )
    if method in _READING:
        return None
    if headers.get("origin", "") != f"http://{host}":
        return Refusal(HTTPStatus.FORBIDDEN, "this did not come from a page of the console")
    return None


def _name_in(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _add(headers: MutableHeaders, more: Iterable[tuple[str, str]]) -> None:
    for name, value in more:
        headers.setdefault(name, value)
