"""A credential held up at a reader, on its way to a decision."""

from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from access_core.clock import Instant
from access_core.devices.events import CredentialPresented, Medium
from access_core.ids import CommandId, KeyId, PassId
from access_core.model.credential import Credential
from access_core.model.schedule import Schedule
from access_core.model.topology import AccessPoint
from access_core.passes import signing
from access_core.passes.card import CardRead, read_card
from access_core.passes.pass_token import PassFlaw
from access_core.passes.signing import PassRefusal, VerifiedPass
from access_core.policy.request import AccessRequest, PassHistory
from edge_agent.gate.facts import SiteFacts
from edge_agent.gate.stamp import Subject


def read_credential(
    event: CredentialPresented, keys: Mapping[KeyId, Ed25519PublicKey]
) -> VerifiedPass | CardRead | PassRefusal:
    """What was held up, by the medium it came through: a code is a pass, the rest are cards."""
    if event.medium is Medium.QR:
        return signing.verify(event.payload, keys)
    return read_card(event.payload) or PassRefusal(PassFlaw.NOT_A_PASS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Presentation:
    """Who (as far as the pass says), where, and the rules of that moment."""

    event: CredentialPresented
    access_point: AccessPoint
    facts: SiteFacts
    presented: VerifiedPass | CardRead | PassRefusal

    @property
    def verified(self) -> VerifiedPass | None:
        """The pass, if the issuer signed it."""
        return self.presented if isinstance(self.presented, VerifiedPass) else None

    @property
    def pass_id(self) -> PassId | None:
        """What is looked up: the pass, if the issuer signed it, or the card."""
        return None if isinstance(self.presented, PassRefusal) else self.presented.pass_id

    def request(
        self, credential: Credential | None, history: PassHistory, now: Instant
    ) -> AccessRequest:
        """Every fact a rule may ask for, at `now`."""
        point, facts = self.access_point, self.facts
        schedules: tuple[Schedule, ...] = ()
        if not isinstance(self.presented, PassRefusal):
            schedules = facts.schedules_for(point.access_point_id, self.presented, credential)
        return AccessRequest(
            at=now,
            local_time=facts.local_time(now),
            access_point=point,
            zone_bit=facts.zone_bits[point.access_point_id],
            presented=self.presented,
            credential=credential,
            schedules=schedules,
            history=history,
            policies=facts.policies,
            is_snapshot_stale=facts.is_stale(now),
            is_read_fresh=self.event.is_fresh,
        )

    def subject(
        self, decision_id: CommandId | None = None, credential: Credential | None = None
    ) -> Subject:
        """Whom an event about this presentation is about."""
        reveal = None if self.verified is None else self.verified.reveal
        return Subject(
            access_point_id=self.access_point.access_point_id,
            direction=self.access_point.direction,
            decision_id=decision_id,
            pass_id=self.pass_id,
            holder_id=None if credential is None else credential.holder_id,
            step=None if reveal is None else reveal.step,
        )
