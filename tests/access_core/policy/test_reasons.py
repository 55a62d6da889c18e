"""Reason codes."""

from access_core.policy.reasons import BEARER_MAY_NOT_KNOW, ReasonCode


def test_a_code_is_its_own_name() -> None:
    """What stands in a log is what stands in the code."""
    assert all(reason.value == reason.name for reason in ReasonCode)


def test_what_a_bearer_may_not_know() -> None:
    """Somebody on the block list or with a forgery is not told so by the gate."""
    assert {ReasonCode.HOLDER_BLOCKED, ReasonCode.PASS_FORGED} == BEARER_MAY_NOT_KNOW
