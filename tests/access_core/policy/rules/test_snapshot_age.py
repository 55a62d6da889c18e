"""Rules past their expiry."""

from dataclasses import replace

import pytest

from access_core.passes.card import CardRead
from access_core.passes.pass_token import PassFlaw, PassType
from access_core.passes.signing import PassRefusal
from access_core.policy.reasons import ReasonCode
from access_core.policy.request import PassPolicy
from access_core.policy.rules.snapshot_age import check
from tests.facts import VISITOR, a_request


def test_fresh_rules_refuse_nobody() -> None:
    """Age is no matter before the expiry."""
    assert check(a_request()) is None


@pytest.mark.parametrize(
    ("policies", "reason"),
    [
        ({}, ReasonCode.SNAPSHOT_TOO_OLD),
        ({PassType.VISITOR: PassPolicy(accept_when_stale=True)}, None),
        ({PassType.VISITOR: PassPolicy()}, ReasonCode.SNAPSHOT_TOO_OLD),
        ({PassType.MEMBER: PassPolicy(accept_when_stale=True)}, ReasonCode.SNAPSHOT_TOO_OLD),
    ],
    ids=["no policy", "accepted", "not accepted", "another type's"],
)
def test_stale_rules_follow_the_owners_choice_for_the_type(
    policies: dict[PassType, PassPolicy], reason: ReasonCode | None
) -> None:
    """A type without a choice gets the strictest."""
    assert check(a_request(is_snapshot_stale=True, policies=policies)) is reason


def test_what_is_no_pass_is_left_to_the_rule_for_that() -> None:
    """One cause, one reason."""
    request = a_request(is_snapshot_stale=True, presented=PassRefusal(PassFlaw.TOO_LONG))
    assert check(request) is None


def test_a_card_under_stale_rules_counts_as_a_members_pass() -> None:
    """The owner's choice for members is the choice for cards."""
    card = CardRead(VISITOR.claims.pass_id)
    trusted = {PassType.MEMBER: PassPolicy(accept_when_stale=True)}
    other = {PassType.VISITOR: PassPolicy(accept_when_stale=True)}
    stale = a_request(presented=card, is_snapshot_stale=True)
    assert check(stale) is ReasonCode.SNAPSHOT_TOO_OLD
    assert check(replace(stale, policies=trusted)) is None
    assert check(replace(stale, policies=other)) is ReasonCode.SNAPSHOT_TOO_OLD
