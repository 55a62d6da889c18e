"""Known, enabled, begun, not over: what the pass says and what the centre says of it."""

from access_core.model.credential import Credential, CredentialStatus
from access_core.passes.pass_token import PassClaims
from access_core.passes.signing import PassRefusal
from access_core.policy.reasons import ReasonCode
from access_core.policy.request import AccessRequest, PassPolicy


def check(request: AccessRequest) -> ReasonCode | None:
    """Deny an unknown, disabled, revoked, future or past pass."""
    if isinstance(request.presented, PassRefusal):
        return None
    claims, credential = request.presented.claims, request.credential
    if credential is None:
        policy = request.policies.get(claims.type, PassPolicy())
        if not policy.accept_unseen:
            return ReasonCode.CREDENTIAL_NOT_FOUND
    elif credential.status is CredentialStatus.REVOKED:
        return ReasonCode.CREDENTIAL_REVOKED
    elif credential.status is CredentialStatus.DISABLED:
        return ReasonCode.CREDENTIAL_NOT_ENABLED
    begins_s, ends_s = _validity(claims, credential)
    if request.at.wall_s < begins_s:
        return ReasonCode.CREDENTIAL_NOT_ACTIVE
    if request.at.wall_s >= ends_s:
        return ReasonCode.CREDENTIAL_EXPIRED
    return None


def _validity(claims: PassClaims, credential: Credential | None) -> tuple[int, int]:
    """The narrower of both: the centre may shorten a pass, never lengthen it."""
    if credential is None:
        return claims.not_before_s, claims.not_after_s
    return (
        max(claims.not_before_s, credential.valid_from_s),
        min(claims.not_after_s, credential.valid_until_s),
    )
