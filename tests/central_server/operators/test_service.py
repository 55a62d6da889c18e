"""Sessions, links and roles."""

import pytest

from central_server.kit.audit import By
from central_server.kit.centre import Centre
from central_server.kit.cookies import token_hash
from central_server.kit.errors import NotFound
from central_server.kit.permissions import Permission, Role
from central_server.operators import service
from tests.central_server.conftest import START_MS, StandingClock
from tests.central_server.visitors import session_of

MINUTE_MS = 60_000
BY = By(now_ms=START_MS)


async def is_signed_in(centre: Centre, token: str) -> bool:
    """Whether the session counts now."""
    now_ms = centre.clock.now().wall_ms
    return await centre.find_session(centre.database, token_hash(token), now_ms) is not None


async def test_a_session_ends_when_it_is_idle(centre: Centre, clock: StandingClock) -> None:
    """Each use within the time keeps it; after 15 idle minutes it is over for good."""
    token = await session_of(centre, Role.SECURITY)
    for _ in range(3):
        clock.advance_ms(14 * MINUTE_MS)
        assert await is_signed_in(centre, token)
    clock.advance_ms(15 * MINUTE_MS)
    assert not await is_signed_in(centre, token)
    clock.advance_ms(-10 * MINUTE_MS)
    assert not await is_signed_in(centre, token)


async def test_a_session_ends_after_a_shift_however_busy(
    centre: Centre, clock: StandingClock
) -> None:
    """Eight hours and no more."""
    token = await session_of(centre, Role.SECURITY)
    for _ in range(47):
        clock.advance_ms(10 * MINUTE_MS)
        assert await is_signed_in(centre, token)
    clock.advance_ms(10 * MINUTE_MS)
    assert not await is_signed_in(centre, token)


async def test_signing_out_everywhere_ends_all_sessions(centre: Centre) -> None:
    """Also those in other browsers."""
    token = await session_of(centre, Role.HOST)
    async with centre.database.writing() as session:
        await service.sign_out_everywhere(session, 1, BY)
    assert not await is_signed_in(centre, token)


async def test_a_change_of_roles_ends_old_rights_at_once(centre: Centre) -> None:
    """The changed operator signs in again, with the new rights."""
    token = await session_of(centre, Role.SECURITY)
    async with centre.database.writing() as session:
        assert (
            await service.change_operator(session, 1, (Role.AUDITOR,), is_enabled=True, by=BY)
            is None
        )
        view = await service.view_operator(session, 1)
    assert not await is_signed_in(centre, token)
    assert view.roles == (Role.AUDITOR,)


async def test_the_last_administrator_stays(centre: Centre) -> None:
    """Neither disabled nor stripped of the role while there is no other."""
    await session_of(centre, Role.ADMINISTRATOR)
    async with centre.database.writing() as session:
        for roles, is_enabled in (((Role.HOST,), True), ((Role.ADMINISTRATOR,), False)):
            said = await service.change_operator(session, 1, roles, is_enabled=is_enabled, by=BY)
            assert said is not None
    await session_of(centre, Role.ADMINISTRATOR)
    async with centre.database.writing() as session:
        assert (
            await service.change_operator(session, 1, (Role.HOST,), is_enabled=False, by=BY) is None
        )


async def test_a_disabled_operator_is_out(centre: Centre) -> None:
    """Their session counts no more, even if its row were still there."""
    token = await session_of(centre, Role.HOST)
    async with centre.database.writing() as session:
        (await service.get_operator(session, 1)).is_enabled = False
    assert not await is_signed_in(centre, token)


async def test_links_are_good_once_and_for_a_day(centre: Centre) -> None:
    """A newer link voids the older; a late one is refused."""
    await session_of(centre, Role.HOST)
    async with centre.database.writing() as session:
        older = await service.make_link(session, 1, 24, BY)
        newer = await service.make_link(session, 1, 24, BY)
        with pytest.raises(NotFound):
            await service.open_link(session, older, START_MS)
        with pytest.raises(NotFound):
            await service.open_link(session, newer, START_MS + 24 * 60 * MINUTE_MS)
        assert (await service.open_link(session, newer, START_MS)).operator is not None


async def test_a_session_says_what_its_operator_may(centre: Centre) -> None:
    """The permissions of all roles together."""
    token = await session_of(centre, Role.AUDITOR, "Wang")
    found = await centre.find_session(centre.database, token_hash(token), START_MS)
    assert found is not None
    assert found.full_name == "Wang"
    assert Permission.VIEW_AUDIT in found.permissions
