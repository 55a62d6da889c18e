"""The one clock of this half."""

from device_drivers.system_clock import SystemClock


def test_the_monotonic_clock_never_goes_back() -> None:
    """Two moments in a row are in order on the monotonic clock."""
    clock = SystemClock()
    first, second = clock.now(), clock.now()
    assert second.mono_ns >= first.mono_ns
    assert first.wall_ms > 0
