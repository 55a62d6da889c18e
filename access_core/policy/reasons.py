"""Why access is denied: one code a reason. ONVIF's codes where it has one, else ours.

Source of the first seven: ONVIF Access Control Service Specification, annex on denial reasons.
To any other reader of ONVIF events ours count as `Other`. The texts are in `reason_texts.py`.
"""

from enum import StrEnum


class ReasonCode(StrEnum):
    """Every reason a decision can name."""

    CREDENTIAL_NOT_FOUND = "CREDENTIAL_NOT_FOUND"
    CREDENTIAL_NOT_ENABLED = "CREDENTIAL_NOT_ENABLED"
    CREDENTIAL_NOT_ACTIVE = "CREDENTIAL_NOT_ACTIVE"
    CREDENTIAL_EXPIRED = "CREDENTIAL_EXPIRED"
    NOT_PERMITTED_AT_THIS_TIME = "NOT_PERMITTED_AT_THIS_TIME"
    UNAUTHORIZED = "UNAUTHORIZED"
    """Not for this access point."""
    # Ours:
    CREDENTIAL_REVOKED = "CREDENTIAL_REVOKED"
    PASS_MALFORMED = "PASS_MALFORMED"
    PASS_FORGED = "PASS_FORGED"
    PASS_STALE = "PASS_STALE"
    """The rotating code is older than its window: a screenshot, or a slow clock."""
    PASS_AHEAD = "PASS_AHEAD"
    """The rotating code is from the future: the phone's clock runs ahead."""
    PASS_REPLAYED = "PASS_REPLAYED"
    """This code, or a later one, has been used here already."""
    ENTRIES_SPENT = "ENTRIES_SPENT"
    HOLDER_BLOCKED = "HOLDER_BLOCKED"
    SNAPSHOT_TOO_OLD = "SNAPSHOT_TOO_OLD"
    CREDENTIAL_READ_LATE = "CREDENTIAL_READ_LATE"
    """The read waited in the device; it is logged and not acted on."""
    GATE_BUSY = "GATE_BUSY"
    """Another person is being let through."""
    LANE_OUT_OF_ORDER = "LANE_OUT_OF_ORDER"
    """The door reports a fault: nobody is let in by a lane that cannot be trusted to lock."""
    RECORD_NOT_DURABLE = "RECORD_NOT_DURABLE"
    """The journal could not be written in time and the gate's policy says refuse."""
    RULE_ERROR = "RULE_ERROR"


BEARER_MAY_NOT_KNOW = frozenset({ReasonCode.HOLDER_BLOCKED, ReasonCode.PASS_FORGED})
"""Shown to the bearer as a plain refusal only."""
