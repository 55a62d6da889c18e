"""Reads that may have waited in the device."""

from access_core.policy.reasons import ReasonCode
from access_core.policy.rules.read_freshness import check
from tests.facts import a_request


def test_a_fresh_read_is_acted_on() -> None:
    """Nothing against it."""
    assert check(a_request()) is None


def test_a_read_that_may_have_waited_is_not_acted_on() -> None:
    """A code read during a loss of the line opens nothing when the line comes back."""
    assert check(a_request(is_read_fresh=False)) is ReasonCode.CREDENTIAL_READ_LATE
