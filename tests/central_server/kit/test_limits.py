"""So often and no more."""

import pytest

from access_core.clock import Instant
from central_server.kit.errors import TooMany
from central_server.kit.limits import MAX_SOURCES, Limiter

START = Instant(mono_ns=10**12, wall_ms=0)


def test_a_burst_then_a_pace() -> None:
    """After the burst one gets through a minute's share at a time; the wait is said."""
    limiter = Limiter(burst=3, per_minute=6)
    for _ in range(3):
        limiter.spend("a", START)
    with pytest.raises(TooMany) as caught:
        limiter.spend("a", START)
    assert caught.value.retry_after_s == 10
    limiter.spend("a", START.plus_ms(10_000))
    with pytest.raises(TooMany):
        limiter.spend("a", START.plus_ms(10_001))


def test_sources_do_not_share() -> None:
    """One source's flood costs another nothing."""
    limiter = Limiter(burst=1, per_minute=1)
    limiter.spend("a", START)
    limiter.spend("b", START)
    with pytest.raises(TooMany):
        limiter.spend("a", START)


def test_memory_is_bounded_however_many_sources_come() -> None:
    """The oldest sources are forgotten."""
    limiter = Limiter(burst=1, per_minute=1)
    for number in range(MAX_SOURCES + 10):
        limiter.spend(str(number), START)
    limiter.spend("0", START)
