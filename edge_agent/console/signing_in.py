"""Signing in at the console with the one-time code, and what a page may know of its session."""

from collections.abc import Awaitable, Callable
from typing import Final
from urllib.parse import parse_qs

import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from edge_agent.console.allowance import Allowance
from edge_agent.console.gate_view import GateView
from edge_agent.console.one_time_code import use_code
from edge_agent.console.sessions import IDLE_MS, Session, Sessions
from edge_agent.console.templating import Templates

_log = structlog.get_logger("console")
MOST_FORM_BYTES: Final = 4096
_TRIES_AT_ONCE: Final = 5
_TRY_EVERY_MS: Final = 12_000.0
_SEE_OTHER: Final = 303
_WRONG_CODE: Final = 403
_TOO_MANY: Final = 429
_OWN_FORM: Final = "form_key"
Form = dict[str, str]
Page = Callable[[Request, Session], Awaitable[Response]]
Act = Callable[[Request, Session, Form], Awaitable[Response]]


class SigningIn:
    """The door of the console: whoever has no session is led to the page for the code."""

    def __init__(self, view: GateView, templates: Templates) -> None:
        """Nobody is signed in."""
        self._view = view
        self._templates = templates
        self._sessions = Sessions(view.clock)
        self._tries = Allowance(view.clock, at_once=_TRIES_AT_ONCE, every_ms=_TRY_EVERY_MS)
        # A browser sends a cookie to every port of a machine: two lanes need two names.
        self._cookie = f"console-session-{view.settings.console.port}"

    def routes(self) -> list[Route]:
        """Where what is."""
        return [
            Route("/sign-in", self._ask, methods=["GET"]),
            Route("/sign-in", self._sign_in, methods=["POST"]),
            Route("/sign-out", self.act(self._sign_out), methods=["POST"]),
        ]

    def page(self, page: Page) -> Callable[[Request], Awaitable[Response]]:
        """`page` for a browser with a session; any other is asked for the code."""

        async def answer(request: Request) -> Response:
            session = self._session(request)
            return _to("/sign-in") if session is None else await page(request, session)

        return answer

    def act(self, act: Act) -> Callable[[Request], Awaitable[Response]]:
        """`act` for a form that stands on a page of the browser's own session."""

        async def answer(request: Request) -> Response:
            session, form = self._session(request), await read_form(request)
            if session is None or form is None:
                return _to("/sign-in")
            if not session.is_own_form(form.get(_OWN_FORM, "")):
                return _to("/")
            return await act(request, session, form)

        return answer

    async def _ask(self, request: Request) -> Response:
        return self._templates.render(request, "sign_in.html", problem="")

    async def _sign_in(self, request: Request) -> Response:
        form = await read_form(request)
        if not self._tries.take():
            return self._templates.render(request, "sign_in.html", _TOO_MANY, problem="often")
        code = "" if form is None else form.get("code", "")
        if not use_code(self._view.settings.edge.state_dir, code, self._view.now()):
            _log.warning("a wrong code at the console")
            return self._templates.render(request, "sign_in.html", _WRONG_CODE, problem="wrong")
        token = self._sessions.begin()
        _log.info("somebody signed in at the console")
        response = _to("/")
        response.set_cookie(
            self._cookie, token, httponly=True, samesite="strict", max_age=IDLE_MS // 1000 * 16
        )
        return response

    async def _sign_out(self, request: Request, session: Session, _: Form) -> Response:
        self._sessions.end(request.cookies.get(self._cookie, ""))
        _log.info("signed out of the console", who=session.who)
        response = _to("/sign-in")
        response.delete_cookie(self._cookie)
        return response

    def _session(self, request: Request) -> Session | None:
        return self._sessions.find(request.cookies.get(self._cookie, ""))


async def read_form(request: Request) -> Form | None:
    """The fields of a posted form, the first value of each; None if it is too long or no text."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MOST_FORM_BYTES:
            return None
    try:
        fields = parse_qs(body.decode("utf-8"), max_num_fields=20)
    except ValueError:
        return None
    return {name: values[0] for name, values in fields.items()}


def _to(address: str) -> RedirectResponse:
    return RedirectResponse(address, _SEE_OTHER)
