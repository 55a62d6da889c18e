"""Readings of a lane -> device events, for every driver whose door is a set of wires."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import assert_never

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
from access_core.devices.health import InputState
from access_core.errors import ProgramError
from device_drivers.lane.faults import FaultLimits, FaultWatch
from device_drivers.lane.points import ALARMS, LaneReading, Point
from device_drivers.lane.watch import Happening, LaneWatch, Sighting, WatchRules


class LaneReporter:
    """Says what each reading means, once. Lives longer than a connection."""

    def __init__(
        self,
        rules: WatchRules,
        limits: FaultLimits,
        points: Mapping[Point, object],
        alarm_means: LaneAlarm = LaneAlarm.OTHER,
    ) -> None:
        """`points` are the inputs that are wired, in the order of the terminals."""
        self._points = tuple(points)
        self._alarm_means = alarm_means
        self.watch = LaneWatch(rules)
        self.faults = FaultWatch(limits, frozenset(points))
        self._told_faults: dict[str, str] = {}
        self._told_nuisances: dict[str, str] = {}
        self._latest: LaneReading | None = None

    def resume(self, reading: LaneReading) -> None:
        """Take `reading` as the state found at a (re)connect."""
        self._latest = reading
        self.faults.line_lost()
        self.watch.resume(reading)

    def events(
        self, reading: LaneReading, origin: Callable[[Instant], Origin]
    ) -> Iterator[DeviceEvent]:
        """What happened between the readings before and `reading`, in order."""
        self._latest = reading
        for sighting in self.watch.observe(reading):
            if sighting.what is Happening.PASSED:
                self.faults.release_over()
            yield from self._as_events(sighting, partial(origin, reading.at))
        yield from self._fault_events(reading, origin)

    def inputs(self) -> tuple[InputState, ...]:
        """Every wired input as last read, in the order of the terminals."""
        latest = self._latest
        return tuple(
            InputState(name=point, is_active=None if latest is None else point in latest.active)
            for point in self._points
        )

    def _as_events(self, sighting: Sighting, origin: Callable[[], Origin]) -> Iterator[DeviceEvent]:
        direction = sighting.direction or Direction.ENTRY
        match sighting.what:
            case Happening.STARTED:
                yield PassageStarted(origin=origin(), direction=direction)
            case Happening.PASSED:
                yield PassageSensed(origin=origin(), direction=direction)
            case Happening.REVERSED:
                yield PassageReversed(origin=origin(), direction=direction)
            case Happening.COUNTERS_RESET:
                detail = f"{direction} counter began anew: the board lost power, passages unknown"
                yield DoorAlarm(origin=origin(), is_active=True, detail=detail)
                yield DoorAlarm(origin=origin(), is_active=False, detail=detail)
            case Happening.CHANGED:
                event = self._input_event(sighting, origin)
                if event is not None:
                    yield event
            case _:
                assert_never(sighting.what)

    def _input_event(self, sighting: Sighting, origin: Callable[[], Origin]) -> DeviceEvent | None:
        point, is_active = sighting.point, sighting.is_active
        match point:
            case Point.FIRE:
                return FireInputChanged(origin=origin(), is_active=is_active)
            case Point.DOOR_CONTACT:
                return DoorContactChanged(origin=origin(), is_open=is_active)
            case Point.TAMPER:
                detail = "housing of the lane opened" if is_active else "housing closed again"
                return TamperChanged(origin=origin(), is_active=is_active, detail=detail)
            case Point.RESET_KEY:
                return ResetPressed(origin=origin()) if is_active else None
            case Point.EXIT_BUTTON:
                return ExitRequested(origin=origin()) if is_active else None
            case None:
                raise ProgramError("a change without its input")
            case _ if point in ALARMS:
                kind = self._alarm_means if point is Point.ALARM else ALARMS[point]
                detail = "alarm output of the board"
                if kind is not LaneAlarm.OTHER:
                    detail += f": {kind.replace('_', ' ')}"
                return DoorAlarm(origin=origin(), is_active=is_active, detail=detail, kind=kind)
            case _:
                return None

    def _fault_events(
        self, reading: LaneReading, origin: Callable[[Instant], Origin]
    ) -> Iterator[DeviceEvent]:
        faults = self.faults.look(reading)
        if faults.keys() - self._told_faults.keys():
            detail = "; ".join(faults.values())
            yield FaultChanged(origin=origin(reading.at), is_active=True, detail=detail)
        elif self._told_faults and not faults:
            yield FaultChanged(
                origin=origin(reading.at), is_active=False, detail="in order again, as far as seen"
            )
        self._told_faults = faults
        nuisances = self.faults.nuisances(reading.at)
        for name in nuisances.keys() ^ self._told_nuisances.keys():
            words = nuisances.get(name) or self._told_nuisances[name]
            yield DoorAlarm(origin=origin(reading.at), is_active=name in nuisances, detail=words)
        self._told_nuisances = nuisances
