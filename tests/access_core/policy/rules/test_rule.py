"""What a rule is, and the table of rules."""

from access_core.policy.rules import RULES
from access_core.policy.rules.rule import Rule


def test_a_rule_bars_no_way_out_unless_it_says_so() -> None:
    """The safe side is the one that needs no word."""
    assert not Rule("any", lambda _: None).is_exit_rule


def test_the_order_is_the_one_that_was_decided() -> None:
    """From "is this a pass at all" over "whose" to "here, now, again"; it is a product decision."""
    assert [rule.name for rule in RULES] == [
        "read_freshness",
        "pass_authenticity",
        "block_list",
        "credential_validity",
        "snapshot_age",
        "access_level",
        "pass_rotation",
        "entry_budget",
    ]


def test_no_rule_of_today_bars_a_way_out() -> None:
    """An exit rule is a decision of its own, with a record."""
    assert not any(rule.is_exit_rule for rule in RULES)
