"""Every route declares who may ask, and each role gets what it should and no more."""

import asyncio
import re

import httpx2 as httpx
import pytest
from fastapi import APIRouter
from fastapi.routing import APIRoute

from access_core.errors import ProgramError
from central_server.bootstrap import ROUTERS
from central_server.kit.guards import (
    Public,
    Requires,
    Signed,
    check_guarded,
    guards_of,
    public,
    requires,
    routes_of,
)
from central_server.kit.permissions import ROLE_PERMISSIONS, Permission, Role
from tests.central_server.conftest import SignIn, StandingClock
from tests.central_server.visitors import field_of

ROUTES = [route for route in routes_of(ROUTERS) if isinstance(route, APIRoute)]


def test_every_route_declares_one_guard() -> None:
    """The product's own routes are all guarded."""
    check_guarded(ROUTERS)
    assert len(ROUTES) > 40


@pytest.mark.parametrize("dependencies", [[], [public("a"), requires(Permission.VIEW_LOG)]])
def test_a_route_without_exactly_one_guard_does_not_start(dependencies: list[object]) -> None:
    """The control: a route that forgot, and one that says two things, are found."""
    router = APIRouter()

    @router.get("/forgotten", dependencies=dependencies)  # type: ignore[arg-type]
    async def forgotten() -> None:
        return None

    with pytest.raises(ProgramError, match="/forgotten"):
        check_guarded([router])


def guard_of(route: APIRoute) -> Public | Requires | Signed:
    """The one guard of a route."""
    (guard,) = guards_of(route)
    return guard


def path_of(route: APIRoute) -> str:
    """An address that the route matches."""
    return re.sub(r"\{[^}]+\}", "1", route.path)


@pytest.mark.parametrize("role", list(Role))
async def test_each_role_reaches_what_it_may_and_nothing_else(role: Role, sign_in: SignIn) -> None:
    """Each role against each route: refused with 403 exactly where the permission is missing."""
    browser = await sign_in(role)
    wrong: list[str] = []
    for route in ROUTES:
        guard = guard_of(route)
        # Live streams never end; who may open them is asked of their guard alone.
        if not isinstance(guard, Requires) or "live" in route.path:
            continue
        for method in sorted(route.methods or ()):
            answer = await browser.request(method, path_of(route))
            may = guard.permission in ROLE_PERMISSIONS[role]
            is_form = method not in {"GET", "HEAD"}
            refused = answer.status_code == 403
            # A form without its token is refused too: only the other direction tells there.
            if answer.status_code >= 500 or (refused == may and not (is_form and may)):
                wrong.append(f"{method} {route.path}: {answer.status_code}")
    assert wrong == []


def test_every_permission_guards_a_route() -> None:
    """No permission is only a word."""
    used = {
        guard.permission for r in ROUTES for guard in guards_of(r) if isinstance(guard, Requires)
    }
    assert used == set(Permission)


async def test_a_stranger_reaches_no_guarded_route(client: httpx.AsyncClient) -> None:
    """Without a session every guarded page leads to sign-in and every form is refused."""
    wrong: list[str] = []
    for route in ROUTES:
        if not isinstance(guard_of(route), Requires):
            continue
        for method in sorted(route.methods or ()):
            answer = await client.request(method, path_of(route))
            is_api = re.match(r"/(edge|api)/", route.path) is not None
            if answer.status_code != (303 if method in {"GET", "HEAD"} and not is_api else 401):
                wrong.append(f"{method} {route.path}: {answer.status_code}")
    assert wrong == []


async def test_a_machine_needs_a_signature(client: httpx.AsyncClient) -> None:
    """Every endpoint for machines refuses a request that nobody signed."""
    for route in ROUTES:
        if isinstance(guard_of(route), Signed):
            for method in route.methods or ():
                answer = await client.request(method, path_of(route))
                assert answer.status_code in {400, 401, 404}


async def test_a_session_in_use_is_noted_before_the_route_begins_to_write(
    sign_in: SignIn, clock: StandingClock
) -> None:
    """The guard's own write and the route's never wait for one another."""
    browser = await sign_in(Role.ADMINISTRATOR)
    token = field_of((await browser.get("/account")).text, "form_token")
    clock.advance_ms(5 * 60_000)
    async with asyncio.timeout(10):
        answer = await browser.post(
            "/areas/new",
            data={"form_token": token, "area_id": "east", "name_zh": "东区", "name_en": "East"},
        )
    assert answer.status_code == 303
