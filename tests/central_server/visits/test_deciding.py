"""What hosts and the desk do with visits, on a real database."""

import dataclasses
from collections.abc import Awaitable, Callable
from datetime import time

import pytest
from msgspec.structs import replace

from access_core.devices.events import Direction
from access_core.model.access_event import AccessEventKind
from access_core.passes.pass_token import PassType
from central_server.access_log.repository import EventRow
from central_server.access_log.rules import DIRECTION_CODES, KIND_CODES
from central_server.holders import service as holders
from central_server.kit.audit import By
from central_server.kit.centre import Centre
from central_server.kit.database import Session
from central_server.kit.errors import Conflict, NotFound
from central_server.passes import service as passes
from central_server.visits import deciding, repository, service
from central_server.visits.deciding import Decider
from central_server.visits.records import Visit, Whose
from central_server.visits.rules import Purpose, VisitState
from tests.central_server.conftest import START_MS, StandingClock
from tests.central_server.visitors import SHANGHAI, add_gate
from tests.central_server.visits.samples import RULES, a_visit

HOST = Decider(operator_id=7, whose=Whose.HOST, by=By(now_ms=START_MS, operator_id=7), rules=RULES)
DESK = Decider(operator_id=8, whose=Whose.DESK, by=By(now_ms=START_MS, operator_id=8), rules=RULES)


async def stored(session: Session, visit: Visit) -> Visit:
    """The visit with the number it got."""
    number = await repository.add(session, visit, b"l" * 32)
    return replace(visit, visit_id=number)


async def again(session: Session, visit: Visit) -> Visit:
    """The visit as it is now."""
    found = await repository.by_id(session, visit.visit_id)
    assert found is not None
    return found


async def test_only_whose_visit_it_is_decides(centre: Centre) -> None:
    """The host their own, the desk those without a host; each is hidden from other hosts."""
    async with centre.database.writing() as session:
        own = await stored(session, a_visit(host_id=7))
        assert deciding.may_decide(own, HOST)
        assert not deciding.may_decide(own, DESK)
        assert await deciding.open_visit(session, own.visit_id, DESK) == own
        stranger = replace_operator(HOST, 9)
        with pytest.raises(NotFound):
            await deciding.open_visit(session, own.visit_id, stranger)
    assert deciding.may_decide(a_visit(host_id=None), DESK)
    assert not deciding.may_decide(a_visit(host_id=None), HOST)


def replace_operator(decider: Decider, operator_id: int) -> Decider:
    """Another operator at the same place."""
    return dataclasses.replace(decider, operator_id=operator_id)


@pytest.mark.parametrize(
    ("purpose", "companions", "pass_type"),
    [
        (Purpose.MEETING, 2, PassType.VISITOR),
        (Purpose.WORKS, 0, PassType.CONTRACTOR),
        (Purpose.DELIVERY, 1, PassType.CONTRACTOR),
    ],
)
async def test_an_approval_makes_a_pass_of_the_right_kind(
    centre: Centre, purpose: Purpose, companions: int, pass_type: PassType
) -> None:
    """Type by purpose, entries by heads, zones and level by gate, window by booking."""
    await add_gate(centre, "south", "labs")
    async with centre.database.writing() as session:
        visit = await stored(
            session, a_visit(host_id=7, purpose=purpose, companions=companions, gate_id="south")
        )
        await deciding.approve(session, visit, HOST, centre.clock.now())
        record = await passes.live_pass(session, visit.subject)
        approved = await again(session, visit)
    assert record is not None
    assert record.order.pass_type is pass_type
    assert record.order.uses == 1 + companions
    assert record.order.zones == 0b10
    assert record.order.access_levels == ("visitors",)
    assert (record.order.valid_from_s, record.order.valid_until_s) == (
        visit.starts_s,
        visit.ends_s,
    )
    assert approved.state is VisitState.APPROVED
    assert approved.holder_id == record.order.holder_id


async def test_a_gate_that_is_gone_cannot_be_approved(centre: Centre) -> None:
    """The host reads why, nothing is made."""
    async with centre.database.writing() as session:
        visit = await stored(session, a_visit(host_id=7, gate_id="gone"))
        with pytest.raises(Conflict):
            await deciding.approve(session, visit, HOST, centre.clock.now())
        assert await passes.live_pass(session, visit.subject) is None


async def test_nobody_approves_after_the_last_moment(centre: Centre, clock: StandingClock) -> None:
    """A lapsed visit stays lapsed: the visitor was told so."""
    await add_gate(centre)
    clock.advance_ms(3_600_000)
    async with centre.database.writing() as session:
        visit = await stored(session, a_visit(host_id=7))
        with pytest.raises(Conflict):
            await deciding.approve(session, visit, HOST, clock.now())


Act = Callable[[Session, Visit], Awaitable[object]]


async def test_each_step_pressed_again_changes_nothing(centre: Centre) -> None:
    """Approve, withdraw, decline and undo count once however often they are pressed."""
    await add_gate(centre)
    now = centre.clock.now()
    steps: list[Act] = [
        lambda session, visit: deciding.approve(session, visit, HOST, now),
        lambda session, visit: deciding.withdraw(session, visit, HOST, "moved", now),
        lambda session, visit: deciding.approve(session, visit, HOST, now),
        lambda session, visit: deciding.undo(session, visit, HOST, now),
        lambda session, visit: deciding.decline(session, visit, HOST, "no", now),
    ]
    async with centre.database.writing() as session:
        visit = await stored(session, a_visit(host_id=7))
        for step in steps:
            await step(session, await again(session, visit))
            first = await again(session, visit)
            await step(session, first)
            assert await again(session, visit) == first


async def test_an_undone_approval_leaves_time_to_answer(
    centre: Centre, clock: StandingClock
) -> None:
    """Taken back at the last moment, the visit waits another hour and does not lapse at once."""
    await add_gate(centre)
    clock.advance_ms(3_599_000)
    async with centre.database.writing() as session:
        visit = await stored(session, a_visit(host_id=7))
        await deciding.approve(session, visit, HOST, clock.now())
        await deciding.undo(session, await again(session, visit), HOST, clock.now())
        undone = await again(session, visit)
    assert undone.state_at(clock.now().wall_s + 600) is VisitState.WAITING
    assert undone.holder_id is not None


async def test_a_waiting_visit_can_be_shortened_too(centre: Centre) -> None:
    """The pass made later has the shorter window."""
    await add_gate(centre)
    now = centre.clock.now()
    async with centre.database.writing() as session:
        visit = await stored(session, a_visit(host_id=7))
        assert await deciding.shorten(session, visit, HOST, time(19, 0), SHANGHAI, now) is not None
        assert await deciding.shorten(session, visit, HOST, time(17, 0), SHANGHAI, now) is None
        await deciding.approve(session, await again(session, visit), HOST, now)
        record = await passes.live_pass(session, visit.subject)
    assert record is not None
    assert record.order.valid_until_s == visit.starts_s + 3600


async def test_entries_do_not_grow_by_moving_the_pass(centre: Centre) -> None:
    """What is left goes along to the next phone; when all are used nothing is made any more."""
    await add_gate(centre)
    now = centre.clock.now()
    async with centre.database.writing() as session:
        visit = await stored(session, a_visit(host_id=7, companions=1))
        await deciding.approve(session, visit, HOST, now)
        visit = await again(session, visit)
        assert await service.entries_left(session, visit) == 2
        session.add(an_entry(visit, 1))
        await service.move_pass(session, visit, now)
        record = await passes.live_pass(session, visit.subject)
        assert record is not None
        assert record.order.uses == await service.entries_left(session, visit) == 1
        session.add(an_entry(visit, 2))
        with pytest.raises(Conflict):
            await service.move_pass(session, visit, now)
        with pytest.raises(Conflict):
            await deciding.print_pass(session, centre.keys, visit, HOST, now)


def an_entry(visit: Visit, number: int) -> EventRow:
    """The line of the access log that says somebody went in."""
    person = holders.number_of(visit.holder_id or "")
    return EventRow(
        id=START_MS << 21 | number,
        edge_seq=number,
        batch_id=1,
        gate=1,
        direction=DIRECTION_CODES[Direction.ENTRY],
        kind=KIND_CODES[AccessEventKind.ACCESS_TAKEN],
        person=person,
        is_offline=0,
    )
