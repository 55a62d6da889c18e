"""A holder on the block list is refused, and the guard is told."""

from access_core.policy.reasons import ReasonCode
from access_core.policy.request import AccessRequest


def check(request: AccessRequest) -> ReasonCode | None:
    """Deny a blocked holder."""
    credential = request.credential
    is_blocked = credential is not None and credential.is_holder_blocked
    return ReasonCode.HOLDER_BLOCKED if is_blocked else None
