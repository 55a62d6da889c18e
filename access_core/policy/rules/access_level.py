"""Here and now: the zones in the pass, and the access levels behind it or behind the card."""

from access_core.passes.signing import PassRefusal, VerifiedPass
from access_core.policy.reasons import ReasonCode
from access_core.policy.request import AccessRequest


def check(request: AccessRequest) -> ReasonCode | None:
    """Deny a pass that is not for this access point, or not at this time."""
    if isinstance(request.presented, PassRefusal):
        return None
    presented = request.presented
    if isinstance(presented, VerifiedPass) and not presented.claims.zones >> request.zone_bit & 1:
        return ReasonCode.UNAUTHORIZED
    if not request.schedules:
        return ReasonCode.UNAUTHORIZED
    if not any(schedule.contains(request.local_time) for schedule in request.schedules):
        return ReasonCode.NOT_PERMITTED_AT_THIS_TIME
    return None
