"""Requests and decisions as data."""

from access_core.passes.pass_token import PassFlaw
from access_core.passes.signing import PassRefusal
from access_core.policy.request import Decision, PassHistory, PassPolicy, Verdict
from tests.facts import VISITOR, a_request


def test_a_pass_has_an_id_only_once_it_is_believed() -> None:
    """An unverified id is never used for anything."""
    assert a_request().pass_id == VISITOR.claims.pass_id
    assert a_request(presented=PassRefusal(PassFlaw.BAD_SIGNATURE)).pass_id is None


def test_only_a_grant_is_granted() -> None:
    """The one question enforcement asks."""
    assert Decision(verdict=Verdict.GRANT, reasons=()).is_granted
    assert not Decision(verdict=Verdict.DENY, reasons=()).is_granted


def test_defaults_are_the_strictest() -> None:
    """No policy accepts an unseen pass or old rules; no history is an empty one."""
    assert PassPolicy() == PassPolicy(accept_unseen=False, accept_when_stale=False)
    assert PassHistory() == PassHistory(entries_taken=0, highest_step=None, verified=None)
