"""How often something may be done."""

from edge_agent.console.allowance import Allowance
from tests.edge_agent.console.hand_clock import HandClock


def test_so_many_at_once_and_then_one_each_so_often() -> None:
    """It refills evenly and never above what it began with."""
    clock = HandClock()
    allowance = Allowance(clock, at_once=2, every_ms=100)
    assert [allowance.take() for _ in range(3)] == [True, True, False]
    clock.at = clock.at.plus_ms(99)
    assert not allowance.take()
    clock.at = clock.at.plus_ms(1)
    assert [allowance.take(), allowance.take()] == [True, False]
    clock.at = clock.at.plus_ms(3_600_000)
    assert [allowance.take() for _ in range(3)] == [True, True, False]
