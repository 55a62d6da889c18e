"""Who may ask: every route declares it, or the centre does not start.

    @router.get("/gates", dependencies=[requires(Permission.VIEW_GATES)])
    @router.get("/visit", dependencies=[public("visitors book without an account")])
    @router.post("/edge/v1/events", dependencies=[signed("by an edge's own key")])

A guard also refuses forms that are not ours: an unsafe method needs this origin and a form token.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Final, TypeAlias

from fastapi import APIRouter, Depends, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from access_core.errors import ProgramError
from central_server.kit.centre import centre_of
from central_server.kit.cookies import FORM_TOKEN_FIELD, FORM_TOKEN_HEADER, token_hash
from central_server.kit.errors import NotPermitted, NotSignedIn
from central_server.kit.i18n import text
from central_server.kit.permissions import Permission
from central_server.kit.signed_in import SignedIn

_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Requires:
    """An operator with this permission."""

    permission: Permission

    async def __call__(self, request: Request) -> None:
        """Refuse whoever is not signed in, lacks the permission, or sends a foreign form."""
        operator = await find_operator(request)
        if operator is None:
            raise NotSignedIn(text("Please sign in."))
        if not operator.may(self.permission):
            raise NotPermitted(text("Your account may not do this. Ask an administrator."))
        await refuse_foreign_form(request)


@dataclass(frozen=True, slots=True)
class Public:
    """Anyone; `reason` says why."""

    reason: str

    async def __call__(self, request: Request) -> None:
        """Refuse foreign forms, nothing else."""
        await refuse_foreign_form(request)


@dataclass(frozen=True, slots=True)
class Signed:
    """A machine whose signature the route itself checks before anything else."""

    reason: str

    async def __call__(self) -> None:
        """Nothing here: no cookie has a say, so no form can be foreign."""


Guard: TypeAlias = Requires | Public | Signed


def requires(permission: Permission) -> Any:  # noqa: ANN401 - what FastAPI's Depends gives
    """For operators with `permission`."""
    return Depends(Requires(permission))


def public(reason: str) -> Any:  # noqa: ANN401 - what FastAPI's Depends gives
    """For anyone; say why."""
    return Depends(Public(reason))


def signed(reason: str) -> Any:  # noqa: ANN401 - what FastAPI's Depends gives
    """For machines that sign their requests; say which."""
    return Depends(Signed(reason))


def signed_in(request: Request) -> SignedIn:
    """The operator whom `requires` has let in."""
    operator = request.state.operator
    assert isinstance(operator, SignedIn)  # noqa: S101 - tells the type of an untyped attribute
    return operator


async def _operator(request: Request) -> SignedIn:
    return signed_in(request)


Operator: TypeAlias = Annotated[SignedIn, Depends(_operator)]
"""A route's operator; only beside `requires`."""


async def find_operator(request: Request) -> SignedIn | None:
    """Who is signed in, found once a request; also at `request.state.operator`."""
    centre = centre_of(request)
    token = centre.pages.cookies.session_token(request)
    if token is None:
        return None
    now_ms = centre.clock.now().wall_ms
    operator = await centre.find_session(centre.database, token_hash(token), now_ms)
    request.state.operator = operator
    return operator


async def refuse_foreign_form(request: Request) -> None:
    """NotPermitted for an unsafe method from another origin or without our token."""
    if request.method in _SAFE:
        return
    centre = centre_of(request)
    origin = request.headers.get("origin")
    site = request.headers.get("sec-fetch-site", "same-origin")
    is_ours = origin in {None, centre.settings.server.public_url} and site == "same-origin"
    token = request.headers.get(FORM_TOKEN_HEADER)
    if token is None:
        token = str((await request.form()).get(FORM_TOKEN_FIELD, ""))
    if not is_ours or not centre.pages.cookies.is_form_token_right(request, token):
        raise NotPermitted(
            text("This form is out of date. Please go back, reload the page and try again.")
        )


def check_guarded(routers: Iterable[APIRouter]) -> None:
    """ProgramError for the first route that does not declare exactly one guard."""
    for route in routes_of(routers):
        guards = list(guards_of(route))
        if len(guards) != 1:
            path = getattr(route, "path", repr(route))
            raise ProgramError(f"route {path} declares {len(guards)} guards; it must declare one")


def routes_of(routers: Iterable[APIRouter]) -> Iterator[BaseRoute]:
    """Every route of the routers."""
    for router in routers:
        yield from router.routes


def guards_of(route: BaseRoute) -> Iterator[Guard]:
    """The guards a route declares; none for a route that is not FastAPI's own kind."""
    if isinstance(route, APIRoute):
        yield from _guards_in(route.dependant)


def _guards_in(dependant: Dependant) -> Iterator[Guard]:
    for inner in dependant.dependencies:
        if isinstance(inner.call, Requires | Public | Signed):
            yield inner.call
        yield from _guards_in(inner)
