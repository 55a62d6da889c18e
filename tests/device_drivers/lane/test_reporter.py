"""Readings of a lane as device events."""

import itertools

from access_core.clock import Instant
from access_core.devices.events import (
    DeviceEvent,
    Direction,
    DoorAlarm,
    DoorContactChanged,
    ExitRequested,
    FaultChanged,
    FireInputChanged,
    LaneAlarm,
    Origin,
    PassageReversed,
    PassageSensed,
    PassageStarted,
    ResetPressed,
    TamperChanged,
)
from access_core.ids import DeviceId
from device_drivers.lane.faults import FaultLimits
from device_drivers.lane.points import LaneReading, Point
from device_drivers.lane.reporter import LaneReporter
from device_drivers.lane.watch import WatchRules

START = Instant(mono_ns=0, wall_ms=1_800_000_000_000)
LIMITS = FaultLimits(stuck_after_ms=1_000)


class Told:
    """A reporter and the events it has made of readings 40 ms apart."""

    def __init__(self, *, has_counters: bool = False) -> None:
        """A lane with every input there is."""
        points = dict.fromkeys(Point)
        rules = WatchRules(has_counters=has_counters)
        self.reporter = LaneReporter(rules, LIMITS, points, LaneAlarm.INTRUSION)
        self.now, self._numbers = START, itertools.count(1)
        self.reporter.resume(LaneReading(START, frozenset({Point.READY}), {}))

    def read(
        self, *active: Point, times: int = 2, counts: tuple[int, int] | None = None
    ) -> list[DeviceEvent]:
        """What is told while the same is read `times` times."""
        events: list[DeviceEvent] = []
        for _ in range(times):
            self.now = self.now.plus_ms(40)
            counted = dict(zip(Direction, counts, strict=True)) if counts else {}
            reading = LaneReading(self.now, frozenset({*active, Point.READY}), counted)
            events += self.reporter.events(reading, self._origin)
        return events

    def _origin(self, at: Instant) -> Origin:
        return Origin(device=DeviceId("d"), epoch=1, sequence=next(self._numbers), at=at)


def test_each_input_has_its_event() -> None:
    """What begins and ends is told twice, a button once; sequences have no gaps."""
    told = Told()
    twice = (Point.FIRE, Point.DOOR_CONTACT, Point.TAMPER, Point.ALARM_TAILGATING, Point.ALARM)
    events = [event for point in twice for event in [*told.read(point), *told.read()]]
    assert [type(event) for event in events] == [
        *[FireInputChanged] * 2,
        *[DoorContactChanged] * 2,
        *[TamperChanged] * 2,
        *[DoorAlarm] * 4,
    ]
    kinds = [event.kind for event in events if isinstance(event, DoorAlarm)]
    assert kinds == [LaneAlarm.TAILGATING] * 2 + [LaneAlarm.INTRUSION] * 2
    buttons = [*told.read(Point.EXIT_BUTTON), *told.read(), *told.read(Point.RESET_KEY)]
    assert [type(event) for event in buttons] == [ExitRequested, ResetPressed]
    sequences = [event.origin.sequence for event in [*events, *buttons]]
    assert sequences == list(range(1, len(sequences) + 1))


def test_people_are_told_as_they_go() -> None:
    """Started and passed; started and reversed."""
    told = Told()
    events = [*told.read(Point.OCCUPIED_EXIT), *told.read(Point.PASSAGE_EXIT), *told.read()]
    events += [*told.read(Point.OCCUPIED_ENTRY), *told.read(times=10)]
    assert [type(event) for event in events] == [
        PassageStarted,
        PassageSensed,
        PassageStarted,
        PassageReversed,
    ]
    assert isinstance(events[1], PassageSensed)
    assert events[1].direction is Direction.EXIT


def test_counters_that_begin_anew_are_an_alarm_that_is_over_at_once() -> None:
    """The board lost its power: nobody is told as passed."""
    told = Told(has_counters=True)
    told.read(counts=(500, 3))
    events = told.read(counts=(0, 3))
    assert [event.is_active for event in events if isinstance(event, DoorAlarm)] == [True, False]
    assert len(events) == 2


def test_a_fault_is_told_once_and_once_more_when_it_is_over() -> None:
    """A second fault is told with the first; order is restored when none is left."""
    told = Told()
    stuck = told.read(Point.OCCUPIED_ENTRY, times=30)
    both = told.read(Point.OCCUPIED_ENTRY, Point.FAULT)
    one_left = told.read(Point.FAULT)
    over = told.read()
    faults = [event for event in [*stuck, *both, *one_left, *over] if type(event) is FaultChanged]
    assert [event.is_active for event in faults] == [True, True, False]
    assert "occupied_entry" in faults[0].detail
    assert "occupied_entry" in faults[1].detail
    assert "of its own" in faults[1].detail


def test_a_stuck_button_is_an_alarm_while_it_lasts() -> None:
    """The lane itself is not called out of order for it."""
    told = Told()
    events = [*told.read(Point.EXIT_BUTTON, times=30), *told.read()]
    assert [type(event) for event in events] == [ExitRequested, DoorAlarm, DoorAlarm]


def test_inputs_are_shown_as_last_read() -> None:
    """In the order given, unknown before the first reading."""
    points = {Point.FIRE: None, Point.ALARM: None}
    fresh = LaneReporter(WatchRules(), LIMITS, points)
    assert [(state.name, state.is_active) for state in fresh.inputs()] == [
        ("fire", None),
        ("alarm", None),
    ]
    fresh.resume(LaneReading(START, frozenset({Point.ALARM}), {}))
    assert [state.is_active for state in fresh.inputs()] == [False, True]
