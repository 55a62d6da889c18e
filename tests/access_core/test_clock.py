"""Moments on two clocks."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from access_core.clock import Instant
from tests.strategies import instants


@given(instants, st.integers(-(10**9), 10**9))
def test_later_is_later_on_both_clocks(now: Instant, ms: int) -> None:
    """Adding milliseconds moves both; the monotonic clock measures what was added."""
    later = now.plus_ms(ms)
    assert later.ms_since(now) == ms
    assert later.wall_ms - now.wall_ms == ms


def test_durations_ignore_the_wall_clock() -> None:
    """Setting the wall clock makes nothing late."""
    assert Instant(5_000_000, 9).ms_since(Instant(3_500_000, 10**12)) == 1.5


def test_wall_time_for_people() -> None:
    """Seconds are whole; UTC is aware."""
    moment = Instant(0, 1_795_004_800_999)
    assert moment.wall_s == 1_795_004_800
    assert moment.utc() == datetime(2026, 11, 18, 12, 26, 40, 999_000, tzinfo=UTC)


def test_moments_are_ordered_by_the_monotonic_clock() -> None:
    """Sorting deadlines never asks the wall clock first."""
    assert Instant(1, 500) < Instant(2, 0)
