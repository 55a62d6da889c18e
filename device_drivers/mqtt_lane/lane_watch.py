"""What a lane says of its inputs and counters -> what happened there. No I/O, no clock.

Inputs are levels and counters only grow, so a message that comes twice, late or not at all does no
harm: the next report heals it. A passage is known by the counters alone, also over a lost link;
none is told twice.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeAlias

from access_core.devices.events import (
    DeviceEvent,
    Direction,
    DoorAlarm,
    DoorContactChanged,
    FaultChanged,
    FireInputChanged,
    Origin,
    PassageSensed,
    TamperChanged,
)
from access_core.devices.health import InputState
from device_drivers.lane.points import ALARMS, Point
from device_drivers.mqtt_lane.codec import Counts

COUNTER_JUMP: Final = 1_000
"""More passages than this between two messages were not counted but made up."""

Change: TypeAlias = tuple[str, bool] | Direction | None
"""An input with its new level, a passage, or None: the counters began anew."""


class LaneWatch:
    """Compares what is said with what was said. Lives longer than a connection."""

    def __init__(self) -> None:
        """Everything at rest, counters not known."""
        self._told: dict[str, bool] = {}
        self._boot: str | None = None
        self._counts = Counts(0, 0)

    def inputs(self) -> tuple[InputState, ...]:
        """Every input as last said, in the controller's order."""
        return tuple(InputState(name=name, is_active=on) for name, on in self._told.items())

    def saw_inputs(self, inputs: Mapping[str, bool]) -> list[Change]:
        """Inputs that are not what they were; all are at rest before anything was said."""
        changes: list[Change] = [
            (name, on) for name, on in inputs.items() if self._told.get(name, False) is not on
        ]
        self._told = dict(inputs)
        return changes

    def saw_counts(self, boot: str, counts: Counts, *, is_report: bool) -> Sequence[Change]:
        """A passage for each more that was counted; only a report begins a new count."""
        if boot != self._boot:
            if not is_report:
                return []
            is_first, self._boot, self._counts = self._boot is None, boot, counts
            return [] if is_first else [None]
        entries = counts.entry - self._counts.entry
        exits = counts.exit - self._counts.exit
        if entries <= 0 and exits <= 0:
            return []  # said before, or later than what was counted meanwhile
        self._counts = Counts(
            max(counts.entry, self._counts.entry), max(counts.exit, self._counts.exit)
        )
        if entries > COUNTER_JUMP or exits > COUNTER_JUMP:
            return [None]
        return [Direction.ENTRY] * max(entries, 0) + [Direction.EXIT] * max(exits, 0)


def events_of(change: Change, origin: Callable[[], Origin]) -> list[DeviceEvent]:
    """The events that tell `change`; none for an input without a meaning here."""
    match change:
        case Direction():
            return [PassageSensed(origin=origin(), direction=change)]
        case None:
            detail = "the counters began anew: the controller restarted, passages unknown"
            return [
                DoorAlarm(origin=origin(), is_active=is_on, detail=detail)
                for is_on in (True, False)
            ]
        case name, is_on:
            event = _input_event(name, origin, is_on=is_on)
            return [] if event is None else [event]


def _input_event(name: str, origin: Callable[[], Origin], *, is_on: bool) -> DeviceEvent | None:
    match name:
        case Point.FIRE:
            return FireInputChanged(origin=origin(), is_active=is_on)
        case Point.DOOR_CONTACT:
            return DoorContactChanged(origin=origin(), is_open=is_on)
        case Point.TAMPER:
            detail = "housing of the lane opened" if is_on else "housing closed again"
            return TamperChanged(origin=origin(), is_active=is_on, detail=detail)
        case Point.FAULT:
            detail = "the controller says that it cannot do its work; check its own display"
            detail = detail if is_on else "the controller says that it is in order again"
            return FaultChanged(origin=origin(), is_active=is_on, detail=detail)
        case _ if name in ALARMS:
            kind, detail = ALARMS[Point(name)], f"the controller's input {name}"
            return DoorAlarm(origin=origin(), is_active=is_on, detail=detail, kind=kind)
        case _:
            return None
