"""A rotating code is good in its own short window and once."""

from access_core.passes.rotation import EARLY_STEPS, LATE_STEPS, step_at
from access_core.passes.signing import VerifiedPass
from access_core.policy.reasons import ReasonCode
from access_core.policy.request import AccessRequest


def check(request: AccessRequest) -> ReasonCode | None:
    """Deny a code from before its window, from after it, or not above the last one used."""
    presented = request.presented
    if not isinstance(presented, VerifiedPass) or presented.reveal is None:
        return None
    step = presented.reveal.step
    now = step_at(presented.claims.not_before_s, request.at.wall_s)
    highest_step = request.history.highest_step
    if highest_step is not None and step <= highest_step:
        return ReasonCode.PASS_REPLAYED
    if step < now - LATE_STEPS:
        return ReasonCode.PASS_STALE
    if step > now + EARLY_STEPS:
        return ReasonCode.PASS_AHEAD
    return None
