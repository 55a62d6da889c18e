"""Alarms from a gate to the one who deals with them."""

import pytest

from access_core.model.access_event import AccessEventKind
from central_server.alarms import service
from central_server.alarms.rules import AlarmKind, AlarmState
from central_server.kit.audit import Action, By, newest
from central_server.kit.centre import Centre
from central_server.kit.errors import Conflict, NotFound
from tests.central_server.an_edge import AnEdge, line
from tests.central_server.conftest import START_MS

GUARD = By(now_ms=START_MS, operator_id=7)
Kind = AccessEventKind


async def test_security_alarms_of_a_batch_are_raised_and_other_events_are_not(
    north: AnEdge, centre: Centre
) -> None:
    """Once, however often the edge sends the batch."""
    lines = [
        line(START_MS, Kind.ACCESS_GRANTED),
        line(START_MS + 1, Kind.DOOR_FORCED),
        line(START_MS + 2, Kind.WRONG_DIRECTION),
        line(START_MS + 3, Kind.TAILGATING),
        line(START_MS + 4, Kind.TAMPER_ACTIVATED, detail="reader: open"),
        line(START_MS + 5, Kind.DEVICE_UNTRUSTED, detail="reader: plain"),
        line(START_MS + 6, Kind.DOOR_HELD_OPEN),
        line(START_MS + 7, Kind.DEVICE_LOST),
    ]
    await north.send(lines)
    await north.send(lines)
    async with centre.database.reading() as session:
        alarms = await service.list_alarms(session)
    assert [(alarm.kind, alarm.count, alarm.state) for alarm in reversed(alarms)] == [
        (kind, 1, AlarmState.OPEN)
        for kind in (
            AlarmKind.DOOR_FORCED,
            AlarmKind.WRONG_DIRECTION,
            AlarmKind.TAILGATING,
            AlarmKind.TAMPER,
            AlarmKind.DEVICE_UNTRUSTED,
            AlarmKind.DOOR_HELD_OPEN,
        )
    ]


async def test_a_batch_with_a_parked_line_raises_its_alarms_too(
    north: AnEdge, centre: Centre
) -> None:
    """What cannot be interpreted holds up nothing."""
    await north.send([b'{"kind":"?"}', line(START_MS, Kind.DOOR_FORCED)])
    async with centre.database.reading() as session:
        assert len(await service.list_alarms(session)) == 1


async def test_an_acknowledged_alarm_that_the_gate_ends_is_cleared_by_that(
    north: AnEdge, centre: Centre
) -> None:
    """One that nobody has acknowledged stays in view, marked as over."""
    first = [line(START_MS, Kind.DOOR_HELD_OPEN), line(START_MS, Kind.DOOR_CLOSED_AGAIN)]
    await north.send(first)
    async with centre.database.writing() as session:
        (alarm,) = await service.list_alarms(session)
        assert alarm.over_ms == START_MS
        await service.clear(session, alarm, "stood open for a delivery", GUARD)
    await north.send([line(START_MS + 9, Kind.DOOR_HELD_OPEN)], 3, north.head(first))
    async with centre.database.writing() as session:
        (alarm,) = await service.list_alarms(session)
        await service.acknowledge(session, alarm, "on my way", GUARD)
    whole = [*first, line(START_MS + 9, Kind.DOOR_HELD_OPEN)]
    await north.send([line(START_MS + 10, Kind.DOOR_CLOSED_AGAIN)], 4, north.head(whole))
    async with centre.database.reading() as session:
        assert await service.list_alarms(session) == ()
        last, _ = await service.list_cleared(session)
    assert last.cleared is not None
    assert last.cleared.operator_id is None


async def test_who_acknowledges_and_clears_is_recorded_once(centre: Centre) -> None:
    """With the note; a second one is told that it is done."""
    async with centre.database.writing() as session:
        kind = AlarmKind.ENROL_CODE_REUSED
        await service.raise_alarm(session, kind, 1, "again", START_MS)
        (alarm,) = await service.list_alarms(session)
        await service.acknowledge(session, alarm, "looking", GUARD)
        with pytest.raises(Conflict):
            await service.acknowledge(session, alarm, "me too", GUARD)
        seen = await service.get_alarm(session, alarm.alarm_id)
        await service.clear(session, seen, "a technician tried twice", GUARD)
        with pytest.raises(Conflict):
            await service.clear(session, seen, "again", GUARD)
        over = await service.get_alarm(session, alarm.alarm_id)
        assert over.note == "looking / a technician tried twice"
        entries = await newest(session, before_id=None, count=2)
        with pytest.raises(NotFound):
            await service.get_alarm(session, 99)
    assert [(e.action, e.operator_id) for e in entries] == [
        (Action.ALARM_CLEARED, 7),
        (Action.ALARM_ACKNOWLEDGED, 7),
    ]
