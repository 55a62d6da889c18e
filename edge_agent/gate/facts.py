"""The rules as a gate asks for them: indexed, immutable, a few hundred objects.

Credentials are not here: they stay on disk and come one by one, looked up by pass id.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from access_core.clock import Instant
from access_core.errors import MalformedMessage
from access_core.ids import AccessLevelId, AccessPointId, KeyId, ScheduleId
from access_core.model.access_level import AccessLevel
from access_core.model.credential import Credential
from access_core.model.schedule import Schedule
from access_core.model.topology import AccessPoint
from access_core.passes.card import CardRead
from access_core.passes.pass_token import PassType
from access_core.passes.signing import VerifiedPass
from access_core.policy.request import PassPolicy
from access_core.wire.messages import IssuerKey, SiteRules

_PASS_TYPES = frozenset(PassType)


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteFacts:
    """One revision of the rules."""

    revision: int
    issued_ms: int
    """When the centre signed it: a wall clock before this moment is wrong."""
    expires_ms: int
    """From this moment on the rules are stale."""
    zone: ZoneInfo
    access_points: Mapping[AccessPointId, AccessPoint]
    zone_bits: Mapping[AccessPointId, int]
    """Zone bit of the area behind each access point."""
    schedules_of: Mapping[tuple[AccessLevelId, AccessPointId], tuple[Schedule, ...]]
    policies: dict[PassType, PassPolicy]
    unseen_levels: Mapping[PassType, tuple[AccessLevelId, ...]]
    issuer_keys: tuple[tuple[IssuerKey, Ed25519PublicKey], ...] = field(repr=False)

    def keys_at(self, now: Instant) -> dict[KeyId, Ed25519PublicKey]:
        """The issuer keys that may be believed at `now`."""
        return {
            entry.kid: key
            for entry, key in self.issuer_keys
            if entry.valid_from_s <= now.wall_s < entry.valid_until_s
        }

    def local_time(self, now: Instant) -> datetime:
        """`now` on the site's wall clock, aware."""
        return now.utc().astimezone(self.zone)

    def is_clock_suspect(self, now: Instant) -> bool:
        """Whether the wall clock says a time before these rules were signed."""
        return now.wall_ms < self.issued_ms

    def is_stale(self, now: Instant) -> bool:
        """Whether the rules have expired, or nobody can tell because the clock is wrong."""
        return now.wall_ms >= self.expires_ms or self.is_clock_suspect(now)

    def schedules_for(
        self,
        access_point_id: AccessPointId,
        presented: VerifiedPass | CardRead,
        credential: Credential | None,
    ) -> tuple[Schedule, ...]:
        """The schedules under which the pass's access levels contain the access point."""
        levels: tuple[AccessLevelId, ...] = ()
        if credential is not None:
            levels = credential.access_levels
        elif isinstance(presented, VerifiedPass):
            levels = self.unseen_levels.get(presented.claims.type, ())
        return tuple(
            schedule
            for level in levels
            for schedule in self.schedules_of.get((level, access_point_id), ())
        )


def index_rules(rules: SiteRules, *, revision: int, issued_ms: int, expires_ms: int) -> SiteFacts:
    """The rules made ready for decisions; MalformedMessage if they contradict themselves."""
    return SiteFacts(
        revision=revision,
        issued_ms=issued_ms,
        expires_ms=expires_ms,
        zone=_zone(rules.time_zone),
        access_points={point.access_point_id: point for point in rules.access_points},
        zone_bits=_zone_bits(rules),
        schedules_of=_schedules_of(rules.access_levels, rules.schedules),
        policies={
            PassType(policy.pass_type): PassPolicy(
                accept_unseen=policy.accept_unseen, accept_when_stale=policy.accept_when_stale
            )
            for policy in rules.policies
            if policy.pass_type in _PASS_TYPES
        },
        unseen_levels={
            PassType(policy.pass_type): tuple(AccessLevelId(x) for x in policy.unseen_levels)
            for policy in rules.policies
            if policy.pass_type in _PASS_TYPES
        },
        issuer_keys=tuple((key, _public_key(key)) for key in rules.issuer_keys),
    )


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise MalformedMessage(f"rules: time zone {name!r} is not known here") from error


def _zone_bits(rules: SiteRules) -> dict[AccessPointId, int]:
    bits = {area.area_id: area.zone_bit for area in rules.areas}
    found: dict[AccessPointId, int] = {}
    for point in rules.access_points:
        if point.area_id not in bits:
            raise MalformedMessage(
                f"rules: access point {point.access_point_id} leads to area {point.area_id}, "
                "which is not among the areas"
            )
        found[point.access_point_id] = bits[point.area_id]
    return found


def _schedules_of(
    levels: tuple[AccessLevel, ...], schedules: tuple[Schedule, ...]
) -> dict[tuple[AccessLevelId, AccessPointId], tuple[Schedule, ...]]:
    by_id: dict[ScheduleId, Schedule] = {s.schedule_id: s for s in schedules}
    found: dict[tuple[AccessLevelId, AccessPointId], tuple[Schedule, ...]] = {}
    for level in levels:
        for grant in level.grants:
            if grant.schedule_id not in by_id:
                raise MalformedMessage(
                    f"rules: access level {level.access_level_id} names schedule "
                    f"{grant.schedule_id}, which is not among the schedules"
                )
            key = (level.access_level_id, grant.access_point_id)
            found[key] = (*found.get(key, ()), by_id[grant.schedule_id])
    return found


def _public_key(entry: IssuerKey) -> Ed25519PublicKey:
    try:
        return Ed25519PublicKey.from_public_bytes(entry.public_key)
    except ValueError as error:
        raise MalformedMessage(f"rules: issuer key {entry.kid.hex()}: {error}") from error
