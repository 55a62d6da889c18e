"""A credential held up at a reader, on its way to a decision."""

from dataclasses import dataclass

from access_core.clock import Instant
from access_core.devices.events import CredentialPresented
from access_core.ids import CommandId
from access_core.model.credential import Credential
from access_core.model.schedule import Schedule
from access_core.model.topology import AccessPoint
from access_core.passes.signing import PassRefusal, VerifiedPass
from access_core.policy.request import AccessRequest, PassHistory
from edge_agent.gate.facts import SiteFacts
from edge_agent.gate.stamp import Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Presentation:
    """Who (as far as the pass says), where, and the rules of that moment."""

    event: CredentialPresented
    access_point: AccessPoint
    facts: SiteFacts
    presented: VerifiedPass | PassRefusal

    @property
    def verified(self) -> VerifiedPass | None:
        """The pass, if the issuer signed it."""
        return self.presented if isinstance(self.presented, VerifiedPass) else None

    def request(
        self, credential: Credential | None, history: PassHistory, now: Instant
    ) -> AccessRequest:
        """Every fact a rule may ask for, at `now`."""
        point, facts = self.access_point, self.facts
        schedules: tuple[Schedule, ...] = ()
        if self.verified is not None:
            schedules = facts.schedules_for(point.access_point_id, self.verified, credential)
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
        verified = self.verified
        reveal = None if verified is None else verified.reveal
        return Subject(
            access_point_id=self.access_point.access_point_id,
            direction=self.access_point.direction,
            decision_id=decision_id,
            pass_id=None if verified is None else verified.claims.pass_id,
            holder_id=None if credential is None else credential.holder_id,
            step=None if reveal is None else reveal.step,
        )
