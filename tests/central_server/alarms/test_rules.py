"""Which events are alarms."""

from access_core.model.access_event import AccessEvent, AccessEventKind
from central_server.alarms.rules import AlarmKind, AlarmState, Over, Raised, alarm_changes, state_of

Kind = AccessEventKind


def event(kind: AccessEventKind, wall_ms: int, detail: str = "") -> AccessEvent:
    """An event of a gate."""
    return AccessEvent(kind=kind, wall_ms=wall_ms, mono_ns=1, boot="b", detail=detail)


def test_what_is_raised_again_is_one_alarm_with_a_count() -> None:
    """Each device has its own; the first event and the last moment are kept."""
    changes = alarm_changes(
        [
            (1, event(Kind.DEVICE_UNTRUSTED, 10, "reader-1: plain text")),
            (2, event(Kind.DEVICE_UNTRUSTED, 20, "reader-2: plain text")),
            (3, event(Kind.DEVICE_UNTRUSTED, 30, "reader-1: forged")),
            (4, event(Kind.ACCESS_GRANTED, 40)),
        ]
    )
    assert [(c.kind, c.device) for c in changes] == [
        (AlarmKind.DEVICE_UNTRUSTED, "reader-1"),
        (AlarmKind.DEVICE_UNTRUSTED, "reader-2"),
    ]
    first = changes[0]
    assert isinstance(first, Raised)
    assert (first.event_id, first.first_ms, first.last_ms, first.count, first.detail) == (
        1,
        10,
        30,
        2,
        "reader-1: forged",
    )


def test_the_gate_ends_what_lasts() -> None:
    """A door that closes, a housing that is shut, the door's own alarm that goes off."""
    changes = alarm_changes(
        [
            (1, event(Kind.DOOR_HELD_OPEN, 1)),
            (2, event(Kind.DOOR_CLOSED_AGAIN, 2)),
            (3, event(Kind.DOOR_HELD_OPEN, 3)),
            (4, event(Kind.TAMPER_CLEARED, 4, "reader: shut")),
            (5, event(Kind.DOOR_ALARM, 5, "on: coil hot")),
            (6, event(Kind.DOOR_ALARM, 6, "off: coil hot")),
        ]
    )
    assert [(type(c), c.kind, c.device) for c in changes] == [
        (Raised, AlarmKind.DOOR_HELD_OPEN, ""),
        (Over, AlarmKind.DOOR_HELD_OPEN, ""),
        (Raised, AlarmKind.DOOR_HELD_OPEN, ""),
        (Over, AlarmKind.TAMPER, "reader"),
        (Raised, AlarmKind.DOOR_ALARM, ""),
        (Over, AlarmKind.DOOR_ALARM, ""),
    ]


def test_a_state_is_what_somebody_did_last() -> None:
    """Open, acknowledged, cleared."""
    assert state_of(is_acknowledged=False, is_cleared=False) is AlarmState.OPEN
    assert state_of(is_acknowledged=True, is_cleared=False) is AlarmState.ACKNOWLEDGED
    assert state_of(is_acknowledged=False, is_cleared=True) is AlarmState.CLEARED
