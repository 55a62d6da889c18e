"""The request edge: body limits, security headers, the program's log, errors as answers."""

import re
from typing import Final
from urllib.parse import urlencode

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from access_core.errors import MalformedMessage, UntrustedMessage
from central_server.kit.centre import centre_of
from central_server.kit.errors import Invalid, NotFound, NotSignedIn, Refusal, TooMany
from central_server.kit.i18n import text

_log = structlog.get_logger("request")

CONTENT_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
MAX_FORM_BYTES: Final = 64 * 1024
_WRONG_METHOD: Final = 405
_MACHINE_PATHS: Final = re.compile(r"/(edge|api)/")


class RequestEdge:
    """ASGI layer round everything: bounds bodies, adds headers, turns surprises into a 500."""

    def __init__(self, app: ASGIApp, *, is_https: bool, body_limits: dict[str, int]) -> None:
        """`body_limits`: bytes allowed by path prefix; `MAX_FORM_BYTES` for all others."""
        self._app = app
        self._body_limits = body_limits
        self._headers = {
            "content-security-policy": CONTENT_POLICY,
            "x-content-type-options": "nosniff",
            "x-frame-options": "DENY",
            "referrer-policy": "same-origin",
            "cross-origin-opener-policy": "same-origin",
            "permissions-policy": "camera=(), microphone=(), geolocation=()",
        }
        if is_https:
            self._headers["strict-transport-security"] = "max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        has_begun = False

        async def send_with_headers(message: Message) -> None:
            nonlocal has_begun
            if message["type"] == "http.response.start":
                has_begun = True
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        limit = self._limit_of(scope["path"])
        if _declared_length(scope) > limit:
            answer = JSONResponse({"error": "too_large", "detail": f"over {limit} bytes"}, 413)
            await answer(scope, receive, send_with_headers)
            return
        try:
            await self._app(scope, _bounded(receive, limit), send_with_headers)
        except Exception:
            _log.exception("request failed", method=scope["method"], route=_route_of(scope))
            if has_begun:
                raise
            answer = JSONResponse({"error": "internal", "detail": "see the server's log"}, 500)
            await answer(scope, receive, send_with_headers)

    def _limit_of(self, path: str) -> int:
        for prefix, limit in self._body_limits.items():
            if path.startswith(prefix):
                return limit
        return MAX_FORM_BYTES


def _declared_length(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0


def _bounded(receive: Receive, limit: int) -> Receive:
    seen = 0

    async def bounded() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > limit:
            # The one exception that the framework lets through while it reads a body.
            raise HTTPException(413, f"over {limit} bytes")
        return message

    return bounded


def _route_of(scope: Scope) -> str:
    # The template and not the address: addresses of passes are secrets.
    return str(getattr(scope.get("route"), "path", "(none)"))


def add_error_answers(app: FastAPI) -> None:
    """Turn refusals into pages for people and JSON for machines."""
    app.add_exception_handler(Refusal, _answer_refusal)
    app.add_exception_handler(MalformedMessage, _answer_malformed)
    app.add_exception_handler(UntrustedMessage, _answer_untrusted)
    app.add_exception_handler(HTTPException, _answer_framework)
    app.add_exception_handler(RequestValidationError, _answer_unreadable)


async def _answer_refusal(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)  # noqa: S101 - registered for this type
    pages = centre_of(request).pages
    if _MACHINE_PATHS.match(request.url.path):
        detail = pages.words_of(request).say(error.text)
        response: Response = JSONResponse({"error": error.code, "detail": detail}, error.status)
    elif isinstance(error, NotSignedIn) and request.method == "GET":
        query = f"?{request.url.query}" if request.url.query else ""
        wanted = urlencode({"next": request.url.path + query})
        response = RedirectResponse(f"/sign-in?{wanted}", status_code=303)
    else:
        response = pages.render(request, "kit/error.html", error, error.status)
    if isinstance(error, TooMany):
        response.headers["retry-after"] = str(error.retry_after_s)
    return response


async def _answer_malformed(_request: Request, error: Exception) -> Response:
    return JSONResponse({"error": "malformed", "detail": str(error)[:300]}, 400)


async def _answer_untrusted(_request: Request, error: Exception) -> Response:
    return JSONResponse({"error": "untrusted", "detail": str(error)[:300]}, 401)


async def _answer_framework(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this type
    is_read = request.method in {"GET", "HEAD"}
    if error.status_code == NotFound.status or (is_read and error.status_code == _WRONG_METHOD):
        # An address that only takes forms holds nothing to read.
        return await _answer_refusal(request, NotFound())
    return JSONResponse(
        {"error": "not_possible", "detail": error.detail}, error.status_code, error.headers
    )


async def _answer_unreadable(request: Request, _error: Exception) -> Response:
    said = text("Part of the address or of what was sent cannot be read.")
    return await _answer_refusal(request, Invalid(said))
