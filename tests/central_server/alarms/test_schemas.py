"""Alarms as they are shown."""

from dataclasses import replace

from central_server.alarms.rules import AlarmKind, AlarmState
from central_server.alarms.schemas import Alarm

HELD_OPEN = Alarm(
    alarm_id=1,
    kind=AlarmKind.DOOR_HELD_OPEN,
    edge_number=1,
    device="",
    event_id=1,
    first_ms=1,
    last_ms=1,
    count=1,
    detail="",
    over_ms=None,
    state=AlarmState.OPEN,
    acknowledged=None,
    note="",
    cleared=None,
)


def test_only_what_a_gate_ends_lasts() -> None:
    """Until it has ended it; an alarm of a moment never lasts."""
    assert HELD_OPEN.is_lasting
    assert not replace(HELD_OPEN, over_ms=2).is_lasting
    assert not replace(HELD_OPEN, kind=AlarmKind.TAILGATING).is_lasting
