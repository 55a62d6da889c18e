"""What a decision is made of and what it says."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from access_core.clock import Instant
from access_core.ids import PassId
from access_core.model.credential import Credential
from access_core.model.schedule import Schedule
from access_core.model.topology import AccessPoint
from access_core.passes.card import CardRead
from access_core.passes.pass_token import PassType
from access_core.passes.rotation import Reveal
from access_core.passes.signing import PassRefusal, VerifiedPass
from access_core.policy.reasons import ReasonCode


@dataclass(frozen=True, slots=True, kw_only=True)
class PassHistory:
    """What this gate remembers of one pass."""

    entries_taken: int = 0
    """Entries used up: passages taken, and outcomes unknown."""
    highest_step: int | None = None
    """Highest step accepted here in this direction."""
    verified: Reveal | None = None
    """A reveal already walked to the anchor: a shortcut for the chain, never a condition."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PassPolicy:
    """What the owner decided for one pass type at this site."""

    accept_unseen: bool = False
    """A pass this edge has not been told of may be believed on its signature alone."""
    accept_when_stale: bool = False
    """Believed too when the rules are older than their expiry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessRequest:
    """Who, where, when, and every fact the rules may ask for. Nothing is looked up later."""

    at: Instant
    local_time: datetime
    """`at` in the site's time zone, aware."""
    access_point: AccessPoint
    zone_bit: int
    """Of the area behind the access point."""
    presented: VerifiedPass | CardRead | PassRefusal
    credential: Credential | None
    """None if the edge has not been told of this pass."""
    schedules: tuple[Schedule, ...] = ()
    """Those under which the pass's access levels contain this access point."""
    history: PassHistory = field(default_factory=PassHistory)
    policies: dict[PassType, PassPolicy] = field(default_factory=dict[PassType, PassPolicy])
    """By pass type; a type without one gets the strictest."""
    is_snapshot_stale: bool = False
    is_read_fresh: bool = True
    is_emergency: bool = False
    """Fire or evacuation: every exit is free."""

    @property
    def pass_id(self) -> PassId | None:
        """The pass, once its signature is believed, or the card."""
        return None if isinstance(self.presented, PassRefusal) else self.presented.pass_id

    @property
    def pass_type(self) -> PassType:
        """What kind of pass it is; a card is a member's."""
        if isinstance(self.presented, VerifiedPass):
            return self.presented.claims.type
        return PassType.MEMBER


class Verdict(StrEnum):
    """The two ways a decision can end."""

    GRANT = "grant"
    DENY = "deny"


class Obligation(StrEnum):
    """What enforcement must also do."""

    SPEND_ENTRY = "spend_entry"
    """Count one entry when, and only when, the person has gone through."""
    ALERT_GUARD = "alert_guard"
    """Tell the guard at once: a forgery, or a blocked holder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The verdict with all reasons in the order of the rules, the deciding one first."""

    verdict: Verdict
    reasons: tuple[ReasonCode, ...]
    """Why denied; empty for a grant."""
    notes: tuple[ReasonCode, ...] = ()
    """What would have refused an entry but bars no way out."""
    obligations: frozenset[Obligation] = frozenset()

    @property
    def is_granted(self) -> bool:
        """Whether the door may be released."""
        return self.verdict is Verdict.GRANT
