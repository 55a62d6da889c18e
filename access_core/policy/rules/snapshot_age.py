"""Rules past their expiry: the owner's stale mode, class by class, not a lock-out."""

from access_core.passes.signing import PassRefusal
from access_core.policy.reasons import ReasonCode
from access_core.policy.request import AccessRequest, PassPolicy


def check(request: AccessRequest) -> ReasonCode | None:
    """Deny the pass types the owner does not trust to old rules."""
    if not request.is_snapshot_stale or isinstance(request.presented, PassRefusal):
        return None
    policy = request.policies.get(request.pass_type, PassPolicy())
    return None if policy.accept_when_stale else ReasonCode.SNAPSHOT_TOO_OLD
