"""The block list."""

from access_core.policy.reasons import ReasonCode
from access_core.policy.rules.block_list import check
from tests.facts import a_credential, a_request


def test_a_blocked_holder_is_refused() -> None:
    """Whatever they hold."""
    request = a_request(credential=a_credential(is_holder_blocked=True))
    assert check(request) is ReasonCode.HOLDER_BLOCKED


def test_others_are_not() -> None:
    """A holder who is not blocked, and a pass whose holder is not known here."""
    assert check(a_request()) is None
    assert check(a_request(credential=None)) is None
