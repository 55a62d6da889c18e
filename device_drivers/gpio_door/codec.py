"""Levels of lines -> a reading of the door. There are no frames on a pin, hence nothing more."""

from collections.abc import Mapping

from access_core.clock import Instant
from device_drivers.gpio_door.settings import GpioLine
from device_drivers.lane.points import LaneReading, Point


def reading_of(
    active_lines: frozenset[int], points: Mapping[Point, GpioLine], at: Instant
) -> LaneReading:
    """What the active lines mean; polarity is applied by the chip already."""
    active = frozenset(point for point, wired in points.items() if wired.line in active_lines)
    return LaneReading(at=at, active=active, counts={})
