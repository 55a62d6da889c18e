"""Pure: which events are alarms, what ends them, and what may be done with them.

An alarm that is raised again before anybody has acknowledged it is the same alarm, with a count:
a reader that somebody tries to replace raises one and not a thousand.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, TypeAlias

from access_core.model.access_event import AccessEvent, AccessEventKind


class AlarmKind(StrEnum):
    """What is wrong."""

    DOOR_FORCED = "door_forced"
    """Also an intrusion that the lane's own sensors report."""
    DOOR_HELD_OPEN = "door_held_open"
    WRONG_DIRECTION = "wrong_direction"
    TAILGATING = "tailgating"
    TAMPER = "tamper"
    DEVICE_UNTRUSTED = "device_untrusted"
    DOOR_ALARM = "door_alarm"
    JOURNAL_CONFLICT = "journal_conflict"
    """An edge sent other content under a number that it had used."""
    ENROL_CODE_REUSED = "enrol_code_reused"
    """Somebody tried to enrol with a code that had enrolled an edge before."""


class AlarmState(StrEnum):
    """How far security is with it."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    CLEARED = "cleared"


_K = AccessEventKind
_RAISES: Final[dict[AccessEventKind, AlarmKind]] = {
    _K.DOOR_FORCED: AlarmKind.DOOR_FORCED,
    _K.DOOR_HELD_OPEN: AlarmKind.DOOR_HELD_OPEN,
    _K.WRONG_DIRECTION: AlarmKind.WRONG_DIRECTION,
    _K.TAILGATING: AlarmKind.TAILGATING,
    _K.TAMPER_ACTIVATED: AlarmKind.TAMPER,
    _K.DEVICE_UNTRUSTED: AlarmKind.DEVICE_UNTRUSTED,
    _K.DOOR_ALARM: AlarmKind.DOOR_ALARM,
}
_ENDS: Final[dict[AccessEventKind, AlarmKind]] = {
    _K.DOOR_CLOSED_AGAIN: AlarmKind.DOOR_HELD_OPEN,
    _K.TAMPER_CLEARED: AlarmKind.TAMPER,
}
_OF_A_DEVICE: Final = frozenset({AlarmKind.TAMPER, AlarmKind.DEVICE_UNTRUSTED})
"""Each device has its own: the detail begins with its name and a colon."""
_ENDED: Final = "off"
"""How the detail begins when the door's own alarm is over."""
LASTING: Final = frozenset({AlarmKind.DOOR_HELD_OPEN, AlarmKind.TAMPER, AlarmKind.DOOR_ALARM})
"""Alarms that the gate itself ends. The others are of a moment."""
CONCERNED: Final = frozenset({*_RAISES, *_ENDS})
"""Kinds of event to be handed to `alarm_changes`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """An alarm begins, or has been raised again."""

    kind: AlarmKind
    device: str
    """Empty where the gate has only one such alarm."""
    event_id: int
    """Of the first event."""
    first_ms: int
    last_ms: int
    count: int
    detail: str
    """Of the last event, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Over:
    """What was wrong is so no more; security may still have to look."""

    kind: AlarmKind
    device: str
    at_ms: int


AlarmChange: TypeAlias = Raised | Over


def alarm_changes(events: Iterable[tuple[int, AccessEvent]]) -> list[AlarmChange]:
    """What the events of one edge, each with its id, mean for alarms, in their order."""
    changes: list[AlarmChange] = []
    last: dict[tuple[AlarmKind, str], int] = {}
    for event_id, event in events:
        change = _change_of(event_id, event)
        if change is None:
            continue
        key = change.kind, change.device
        before = changes[last[key]] if key in last else None
        if isinstance(change, Raised) and isinstance(before, Raised):
            changes[last[key]] = replace(
                before, last_ms=change.last_ms, count=before.count + 1, detail=change.detail
            )
            continue
        last[key] = len(changes)
        changes.append(change)
    return changes


def state_of(*, is_acknowledged: bool, is_cleared: bool) -> AlarmState:
    """How far security is."""
    if is_cleared:
        return AlarmState.CLEARED
    return AlarmState.ACKNOWLEDGED if is_acknowledged else AlarmState.OPEN


def _change_of(event_id: int, event: AccessEvent) -> AlarmChange | None:
    at_ms, first_word = event.wall_ms, event.detail.partition(":")[0]
    if (ended := _ENDS.get(event.kind)) is not None:
        return Over(kind=ended, device=_device(ended, first_word), at_ms=at_ms)
    kind = _RAISES.get(event.kind)
    if kind is None:
        return None
    if kind is AlarmKind.DOOR_ALARM and first_word == _ENDED:
        return Over(kind=kind, device="", at_ms=at_ms)
    return Raised(
        kind=kind,
        device=_device(kind, first_word),
        event_id=event_id,
        first_ms=at_ms,
        last_ms=at_ms,
        count=1,
        detail=event.detail,
    )


def _device(kind: AlarmKind, first_word: str) -> str:
    return first_word[:60] if kind in _OF_A_DEVICE else ""
