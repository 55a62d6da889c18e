"""A read that may have waited in the device is not acted on (edge-hardware fault 5)."""

from access_core.policy.reasons import ReasonCode
from access_core.policy.request import AccessRequest


def check(request: AccessRequest) -> ReasonCode | None:
    """Deny a stale read."""
    return None if request.is_read_fresh else ReasonCode.CREDENTIAL_READ_LATE
