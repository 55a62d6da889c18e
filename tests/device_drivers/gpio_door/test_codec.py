"""Levels of lines as a reading."""

from access_core.clock import Instant
from device_drivers.gpio_door.codec import reading_of
from device_drivers.gpio_door.settings import GpioLine
from device_drivers.lane.points import Point

AT = Instant(mono_ns=1, wall_ms=2)


def test_each_line_is_the_input_that_is_wired_to_it() -> None:
    """Active lines are the active inputs; a line that nothing is wired to means nothing."""
    points = {Point.FIRE: GpioLine(line=3), Point.TAMPER: GpioLine(line=4)}
    reading = reading_of(frozenset({3, 7}), points, AT)
    assert reading.active == {Point.FIRE}
    assert (reading.at, reading.counts) == (AT, {})
