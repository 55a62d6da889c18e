"""The inputs and outputs of an OSDP peripheral as wires of a lane. No I/O."""

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Literal

from access_core.clock import Instant
from access_core.devices.events import DeviceEvent, FaultChanged, Origin, TamperChanged
from access_core.devices.health import InputState
from device_drivers.lane.faults import FaultLimits
from device_drivers.lane.points import LaneReading, Point
from device_drivers.lane.reporter import LaneReporter
from device_drivers.lane.watch import WatchRules
from device_drivers.osdp_bus.reports import InputsTold, ReaderStatusTold, Report, StatusTold

LOOK_EVERY_MS = 500
"""Inputs without news are looked at so often: one may be stuck."""


class Wires:
    """What a peripheral's own contacts mean. Lives longer than a connection."""

    def __init__(
        self,
        points: Sequence[Point | None],
        closed: Collection[Point] = (),
        passage_signal: Literal["pulse", "level", "none"] = "none",
    ) -> None:
        """`points` in the order of the terminals, None for an unused one.

        Those of `closed` are active while their contact is open.
        """
        self._points = tuple(points)
        self._closed = frozenset(closed)
        wired: dict[Point, object] = {point: None for point in points if point is not None}
        self.reporter = LaneReporter(
            WatchRules(passage_signal=passage_signal), FaultLimits(), wired
        )
        self._reading: LaneReading | None = None
        self._is_tampered = False
        self._is_failing = False
        self._is_reader_open = False

    def states(self) -> tuple[InputState, ...]:
        """Every wired input as last read."""
        return self.reporter.inputs()

    def resume(self, told: InputsTold | None) -> None:
        """What is found at a (re)connect has not just happened."""
        self._reading = None
        if told is not None and any(self._points):
            self._reading = self._read(told.active, told.at)
            self.reporter.resume(self._reading)

    def events(self, report: Report, origin: Callable[[Instant], Origin]) -> Iterator[DeviceEvent]:
        """What a report says about contacts, housing and supply."""
        match report:
            case InputsTold() if any(self._points):
                # One sealed answer is proof: it need not be seen twice, as a bare bit would.
                self._reading = self._read(report.active, report.at)
                yield from self.reporter.events(self._reading, origin)
                yield from self.reporter.events(self._reading, origin)
            case StatusTold():
                yield from self._status(report, origin)
            case ReaderStatusTold():
                yield from self._reader_status(report, origin)
            case _:
                pass

    def look(self, now: Instant, origin: Callable[[Instant], Origin]) -> Iterator[DeviceEvent]:
        """What follows from inputs staying as they are until `now`."""
        if self._reading is not None:
            reading = LaneReading(at=now, active=self._reading.active, counts={})
            yield from self.reporter.events(reading, origin)

    def _read(self, told: tuple[bool, ...], at: Instant) -> LaneReading:
        """An input that is not told counts as inactive; a normally closed one, then, as active."""
        padded = told + (False,) * max(0, len(self._points) - len(told))
        active = frozenset(
            point
            for point, is_on in zip(self._points, padded, strict=False)
            if point is not None and is_on is not (point in self._closed)
        )
        return LaneReading(at=at, active=active, counts={})

    def _status(
        self, told: StatusTold, origin: Callable[[Instant], Origin]
    ) -> Iterator[DeviceEvent]:
        if told.is_tampered is not self._is_tampered:
            self._is_tampered = told.is_tampered
            detail = "housing opened" if told.is_tampered else "housing closed again"
            yield TamperChanged(origin=origin(told.at), is_active=told.is_tampered, detail=detail)
        if told.is_power_failing is not self._is_failing:
            self._is_failing = told.is_power_failing
            detail = (
                "its supply fails; check it" if self._is_failing else "its supply is well again"
            )
            yield FaultChanged(origin=origin(told.at), is_active=self._is_failing, detail=detail)

    def _reader_status(
        self, told: ReaderStatusTold, origin: Callable[[Instant], Origin]
    ) -> Iterator[DeviceEvent]:
        if told.is_tampered is not self._is_reader_open:
            self._is_reader_open = told.is_tampered
            detail = (
                "attached reader opened or gone" if told.is_tampered else "attached reader back"
            )
            yield TamperChanged(origin=origin(told.at), is_active=told.is_tampered, detail=detail)
