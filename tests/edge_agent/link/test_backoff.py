"""How long to wait after failures."""

import random

from edge_agent.link.backoff import Backoff


def a_backoff() -> Backoff:
    """From half a second to a minute."""
    return Backoff(first_s=0.5, longest_s=60.0, jitter=random.Random(1))


def test_waits_are_spread_under_a_doubling_ceiling() -> None:
    """Full jitter: anything from nothing to the ceiling, which doubles up to the longest."""
    backoff = a_backoff()
    ceilings = [0.5, 1, 2, 4, 8, 16, 32, 60, 60, 60]
    for ceiling in ceilings:
        assert 0 <= backoff.failed() <= ceiling


def test_the_centre_may_ask_for_more() -> None:
    """Retry-After is the least, as long as it is not beyond the longest."""
    backoff = a_backoff()
    assert backoff.failed(retry_after_s=7.0) >= 7.0
    assert backoff.failed(retry_after_s=3600.0) == 60.0


def test_success_begins_anew() -> None:
    """After a success the next failure waits at most the first time."""
    backoff = a_backoff()
    for _ in range(10):
        backoff.failed()
    backoff.succeeded()
    assert backoff.failed() <= 0.5


def test_very_many_failures_do_not_overflow() -> None:
    """A link that is away for months still gets a number."""
    backoff = a_backoff()
    backoff.failures = 10_000_000
    assert backoff.failed() <= 60.0
