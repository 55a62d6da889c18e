"""What a rule is."""

from access_core.policy.rules.rule import Rule


def test_a_rule_bars_no_way_out_unless_it_says_so() -> None:
    """The safe side is the one that needs no word."""
    assert not Rule("any", lambda _: None).is_exit_rule
