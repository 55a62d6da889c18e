"""Booking and what the visitor may do, on a real database."""

import pytest

from central_server.kit.centre import Centre
from central_server.kit.errors import Conflict, NotFound
from central_server.kit.permissions import Role
from central_server.language import Language
from central_server.visits import service
from central_server.visits.records import Visit
from central_server.visits.rules import FieldFlaw, Flaw, VisitState
from central_server.visits.schemas import Booking, BookingFlaws
from central_server.visits.service import Booked
from tests.central_server.conftest import StandingClock
from tests.central_server.visitors import session_of
from tests.central_server.visits.samples import RULES, SITE, a_booking


async def booked(centre: Centre, booking: Booking) -> Visit:
    """The visit of a booking that is taken."""
    async with centre.database.writing() as session:
        result = await service.book(session, booking, SITE, Language.EN, centre.clock.now())
        assert isinstance(result, Booked)
        return await service.by_link(session, result.token)


async def test_a_booking_waits_for_its_host(centre: Centre) -> None:
    """It is the named host's, if exactly one has that name."""
    await session_of(centre, Role.HOST, "Li Ming")
    visit = await booked(centre, a_booking())
    assert visit.state is VisitState.WAITING
    assert visit.host_id == 1


@pytest.mark.parametrize(("department", "host_id"), [("chemistry", 2), ("Biology", None)])
async def test_of_two_hosts_the_department_decides(
    centre: Centre, department: str, host_id: int | None
) -> None:
    """Where that does not tell them apart either, the security desk finds out."""
    await session_of(centre, Role.HOST, "Li Ming", "Physics")
    await session_of(centre, Role.HOST, "Li Ming", "Chemistry")
    visit = await booked(centre, a_booking(host_department=department))
    assert visit.host_id == host_id


async def test_an_unknown_host_goes_to_the_desk(centre: Centre) -> None:
    """An operator who is not a host is nobody to be visited either."""
    await session_of(centre, Role.SECURITY, "Li Ming")
    assert (await booked(centre, a_booking())).host_id is None


async def test_a_booking_against_the_rules_is_not_stored(centre: Centre) -> None:
    """The flaw names its field, and no visit is there."""
    async with centre.database.writing() as session:
        result = await service.book(
            session,
            a_booking(until=a_booking().from_.replace(minute=5)),
            SITE,
            Language.EN,
            centre.clock.now(),
        )
        assert result == BookingFlaws((FieldFlaw("until", Flaw.TOO_SHORT, 15),))
        with pytest.raises(NotFound):
            await service.by_id(session, 1)


async def test_the_same_booking_is_one_visit(centre: Centre) -> None:
    """Also when the second press comes after the window has become too short to book."""
    first = await booked(centre, a_booking())
    assert await booked(centre, a_booking()) == first
    assert (await booked(centre, a_booking(key="j" * 32))).visit_id != first.visit_id


async def test_cancelling_twice_is_cancelling_once(centre: Centre, clock: StandingClock) -> None:
    """The second press changes nothing; a lapsed visit cannot be cancelled."""
    visit = await booked(centre, a_booking())
    for _ in range(2):
        async with centre.database.writing() as session:
            await service.cancel(session, await service.by_id(session, 1), clock.now())
    async with centre.database.writing() as session:
        assert (await service.by_id(session, 1)).version == visit.version + 1
        await service.undo_cancel(session, await service.by_id(session, 1), RULES, clock.now())
        assert (await service.by_id(session, 1)).state is VisitState.WAITING
    clock.advance_ms(3_600_000)
    async with centre.database.writing() as session:
        with pytest.raises(Conflict):
            await service.cancel(session, await service.by_id(session, 1), clock.now())


async def test_there_is_no_pass_to_move_before_an_approval(centre: Centre) -> None:
    """Nothing is made for a visit that waits."""
    visit = await booked(centre, a_booking())
    async with centre.database.writing() as session:
        assert await service.live_pass(session, visit) is None
        with pytest.raises(Conflict):
            await service.move_pass(session, visit, centre.clock.now())


async def test_visits_that_are_over_leave_the_list(centre: Centre) -> None:
    """Without words the list holds what ends later; a search holds all."""
    visit = await booked(centre, a_booking())
    async with centre.database.reading() as session:
        assert await service.search(session, "", ends_after_s=visit.ends_s - 1) == [visit]
        assert await service.search(session, "", ends_after_s=visit.ends_s) == []
        assert await service.search(session, "Ada", ends_after_s=visit.ends_s) == [visit]
        assert await service.of_host(session, 1, ends_after_s=0) == []
