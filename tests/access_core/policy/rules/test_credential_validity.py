"""Known, enabled, begun, not over."""

import pytest

from access_core.clock import Instant
from access_core.model.credential import CredentialStatus
from access_core.passes.card import CardRead
from access_core.passes.pass_token import PassFlaw, PassType
from access_core.passes.signing import PassRefusal
from access_core.policy.reasons import ReasonCode
from access_core.policy.request import PassPolicy
from access_core.policy.rules.credential_validity import check
from tests.facts import VISITOR, a_credential, a_request

BEGINS_S, ENDS_S = VISITOR.claims.not_before_s, VISITOR.claims.not_after_s


def at(second: int) -> Instant:
    """That second of the wall clock."""
    return Instant(mono_ns=0, wall_ms=second * 1000)


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (CredentialStatus.ENABLED, None),
        (CredentialStatus.DISABLED, ReasonCode.CREDENTIAL_NOT_ENABLED),
        (CredentialStatus.REVOKED, ReasonCode.CREDENTIAL_REVOKED),
    ],
)
def test_status(status: CredentialStatus, reason: ReasonCode | None) -> None:
    """A suspended and a withdrawn credential have reasons of their own."""
    assert check(a_request(credential=a_credential(status=status))) is reason


@pytest.mark.parametrize(
    ("second", "reason"),
    [
        (BEGINS_S - 1, ReasonCode.CREDENTIAL_NOT_ACTIVE),
        (BEGINS_S, None),
        (ENDS_S - 1, None),
        (ENDS_S, ReasonCode.CREDENTIAL_EXPIRED),
    ],
    ids=["before", "first", "last", "after"],
)
def test_validity_of_the_pass(second: int, reason: ReasonCode | None) -> None:
    """The first second counts, the last does not."""
    assert check(a_request(at=at(second))) is reason


def test_the_centre_can_shorten_a_pass() -> None:
    """The later beginning and the earlier end bind."""
    shorter = a_credential(valid_from_s=BEGINS_S + 60, valid_until_s=BEGINS_S + 120)
    assert check(a_request(credential=shorter, at=at(BEGINS_S + 59))) is (
        ReasonCode.CREDENTIAL_NOT_ACTIVE
    )
    assert check(a_request(credential=shorter, at=at(BEGINS_S + 60))) is None
    assert check(a_request(credential=shorter, at=at(BEGINS_S + 120))) is (
        ReasonCode.CREDENTIAL_EXPIRED
    )


def test_the_centre_cannot_lengthen_a_pass() -> None:
    """What the issuer signed is the most there is."""
    longer = a_credential(valid_from_s=0, valid_until_s=ENDS_S + 3600)
    assert check(a_request(credential=longer, at=at(ENDS_S))) is ReasonCode.CREDENTIAL_EXPIRED
    assert check(a_request(credential=longer, at=at(BEGINS_S - 1))) is (
        ReasonCode.CREDENTIAL_NOT_ACTIVE
    )


@pytest.mark.parametrize(
    ("policies", "reason"),
    [
        ({}, ReasonCode.CREDENTIAL_NOT_FOUND),
        ({PassType.VISITOR: PassPolicy(accept_unseen=True)}, None),
        ({PassType.MEMBER: PassPolicy(accept_unseen=True)}, ReasonCode.CREDENTIAL_NOT_FOUND),
    ],
    ids=["no policy", "accepted", "another type's"],
)
def test_a_pass_this_edge_was_not_told_of(
    policies: dict[PassType, PassPolicy], reason: ReasonCode | None
) -> None:
    """Refused, unless the owner trusts the signature alone for this type."""
    assert check(a_request(credential=None, policies=policies)) is reason


def test_an_unseen_pass_still_has_its_own_validity() -> None:
    """Trusting the signature is trusting what was signed."""
    policies = {PassType.VISITOR: PassPolicy(accept_unseen=True)}
    request = a_request(credential=None, policies=policies, at=at(ENDS_S))
    assert check(request) is ReasonCode.CREDENTIAL_EXPIRED


def test_what_is_no_pass_is_left_to_the_rule_for_that() -> None:
    """One cause, one reason."""
    assert check(a_request(presented=PassRefusal(PassFlaw.TOO_LONG), credential=None)) is None


CARD = CardRead(VISITOR.claims.pass_id)


def test_an_unknown_card_is_refused_whatever_the_owner_trusts() -> None:
    """There is no signature that could be believed instead."""
    policies = {kind: PassPolicy(accept_unseen=True) for kind in PassType}
    request = a_request(presented=CARD, credential=None, policies=policies)
    assert check(request) is ReasonCode.CREDENTIAL_NOT_FOUND


@pytest.mark.parametrize(
    ("second", "reason"),
    [
        (BEGINS_S - 1, ReasonCode.CREDENTIAL_NOT_ACTIVE),
        (BEGINS_S, None),
        (ENDS_S, ReasonCode.CREDENTIAL_EXPIRED),
    ],
)
def test_a_card_is_valid_as_long_as_the_centre_says(second: int, reason: ReasonCode | None) -> None:
    """Nothing is printed on it: the credential alone counts."""
    assert check(a_request(presented=CARD, at=at(second))) is reason


def test_a_revoked_card_is_refused() -> None:
    """The same states as for a pass."""
    revoked = a_credential(status=CredentialStatus.REVOKED)
    assert check(a_request(presented=CARD, credential=revoked)) is ReasonCode.CREDENTIAL_REVOKED
