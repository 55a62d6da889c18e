"""So many entries and no more. Spent by the passage, not by the grant."""

from access_core.devices.events import Direction
from access_core.passes.signing import VerifiedPass
from access_core.policy.reasons import ReasonCode
from access_core.policy.request import AccessRequest


def check(request: AccessRequest) -> ReasonCode | None:
    """Deny an entry beyond the number in the pass."""
    if not isinstance(request.presented, VerifiedPass):
        return None
    uses = request.presented.claims.uses
    is_entry = request.access_point.direction is Direction.ENTRY
    is_spent = uses != 0 and request.history.entries_taken >= uses
    return ReasonCode.ENTRIES_SPENT if is_entry and is_spent else None
