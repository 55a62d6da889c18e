"""The one place of the centre that asks the time."""

from central_server.kit.clock import SystemClock


def test_the_clock_never_runs_back() -> None:
    """Two moments asked for one after the other are in order on the monotonic clock."""
    clock = SystemClock()
    first, second = clock.now(), clock.now()
    assert second.mono_ns >= first.mono_ns
    assert first.wall_ms > 1_600_000_000_000
