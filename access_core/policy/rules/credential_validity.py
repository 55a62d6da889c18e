"""Known, enabled, begun, not over: what the pass says and what the centre says of it."""

from access_core.model.credential import CredentialStatus
from access_core.passes.signing import PassRefusal, VerifiedPass
from access_core.policy.reasons import ReasonCode
from access_core.policy.request import AccessRequest, PassPolicy


def check(request: AccessRequest) -> ReasonCode | None:
    """Deny an unknown, disabled, revoked, future or past pass or card."""
    if isinstance(request.presented, PassRefusal):
        return None
    credential = request.credential
    if credential is None:
        return _unseen(request)
    if credential.status is CredentialStatus.REVOKED:
        return ReasonCode.CREDENTIAL_REVOKED
    if credential.status is CredentialStatus.DISABLED:
        return ReasonCode.CREDENTIAL_NOT_ENABLED
    begins_s, ends_s = credential.valid_from_s, credential.valid_until_s
    if isinstance(request.presented, VerifiedPass):
        # The narrower of both: the centre may shorten a pass, never lengthen it.
        claims = request.presented.claims
        begins_s = max(claims.not_before_s, begins_s)
        ends_s = min(claims.not_after_s, ends_s)
    return _within(request, begins_s, ends_s)


def _unseen(request: AccessRequest) -> ReasonCode | None:
    """A pass may be believed on its signature alone; a card has none."""
    policy = request.policies.get(request.pass_type, PassPolicy())
    if not isinstance(request.presented, VerifiedPass) or not policy.accept_unseen:
        return ReasonCode.CREDENTIAL_NOT_FOUND
    claims = request.presented.claims
    return _within(request, claims.not_before_s, claims.not_after_s)


def _within(request: AccessRequest, begins_s: int, ends_s: int) -> ReasonCode | None:
    if request.at.wall_s < begins_s:
        return ReasonCode.CREDENTIAL_NOT_ACTIVE
    if request.at.wall_s >= ends_s:
        return ReasonCode.CREDENTIAL_EXPIRED
    return None
