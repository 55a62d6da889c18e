"""The figures of a run."""

from collections import Counter

from access_core.policy.reasons import ReasonCode
from simulators.company import Tally
from simulators.figures import counted, demanded, differences
from simulators.ledger import Reconciliation
from simulators.people import Plan, plan
from simulators.scenario import Scenario
from simulators.turnstile_lane import Oracle

STEPS = [
    {"do": "book", "who": "w"},
    {"do": "approve", "who": "w"},
    {"do": "show", "who": "w"},
    {"do": "centre", "to": "stopped"},
    {"do": "show", "who": "w", "code": "again", "expect": ReasonCode.PASS_REPLAYED.value},
    {"do": "show", "who": "w", "then": "stay"},
    {"do": "fire", "on": True},
    {"do": "fire", "on": False},
    {"do": "centre", "to": "running"},
    {"do": "show", "who": "w"},
]


def a_plan() -> Plan:
    """A short day."""
    given = {"title": "t", "visitors": [{"name": "w"}], "steps": STEPS}
    return plan(Scenario.model_validate(given), 1)


def test_a_plan_demands_its_figures() -> None:
    """They follow from the steps alone."""
    wanted = demanded(a_plan())
    assert (wanted.booked, wanted.approved) == (1, 1)
    assert (wanted.opened, wanted.offline_opened) == (3, 1)
    assert wanted.refused == {"PASS_REPLAYED": 1}
    assert (wanted.not_taken, wanted.fire_freed) == (1, 1)
    assert (wanted.lost, wanted.doubled, wanted.relocked_without_reset) == (0, 0, 0)


def test_each_figure_that_is_off_is_named() -> None:
    """A release too many and a lost event are said by name, with both numbers."""
    oracle = Oracle(releases_entry=3, releases_exit=1, not_taken=0, secured=2, stepped_back=1)
    oracle.fire_freed = 1
    tally = Tally(booked=1, approved=1, offline_opened=1, refused=Counter(PASS_REPLAYED=1))
    got = counted(oracle, tally, Reconciliation(delivered=9, lost=1, doubled=0, differences=()))
    assert differences(demanded(a_plan()), got) == ["opened is 4, not 3", "lost is 1, not 0"]
    assert differences(got, got) == []
