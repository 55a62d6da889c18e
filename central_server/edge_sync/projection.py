"""Business data as one edge needs it: the small rules whole, and the credentials of its gate."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import msgspec

from access_core.ids import AccessLevelId, DoorId, HolderId, PassId, ReaderId
from access_core.model.access_level import AccessLevel
from access_core.model.credential import Credential
from access_core.model.topology import AccessPoint, Area, Gate
from access_core.passes.pass_token import PassType
from access_core.wire.messages import IssuerKey, SiteRules, TypePolicy
from central_server.access_levels import service as access_levels
from central_server.cards import service as cards
from central_server.cards.schemas import Card
from central_server.config import SiteSettings
from central_server.holders import service as holders
from central_server.kit.database import Session
from central_server.kit.feed import ChangeKind
from central_server.kit.keys import KeyStore
from central_server.passes import service as passes
from central_server.sites import service as sites
from central_server.sites.schemas import AreaView, GateView

POLICIES: Final = (
    # Members keep coming and going when the rules have grown stale; visitors do not.
    TypePolicy(pass_type=PassType.MEMBER, accept_when_stale=True),
    TypePolicy(pass_type=PassType.VISITOR),
    TypePolicy(pass_type=PassType.CONTRACTOR),
    TypePolicy(pass_type=PassType.VEHICLE),
    TypePolicy(pass_type=PassType.PRINTED),
)
_KEY_VALID_UNTIL_S: Final = 4_102_444_800
"""2100-01-01: issuer keys end by being taken out of the folder."""


_AT_ONCE: Final = 500
"""Ids asked for in one statement."""


@dataclass(frozen=True, slots=True)
class Projection:
    """What one edge is told."""

    rules: SiteRules | None = None
    credentials: tuple[Credential, ...] = ()
    removed: tuple[PassId, ...] = ()


@dataclass(frozen=True, slots=True)
class Projector:
    """Projects for any edge of the site."""

    site: SiteSettings
    keys: KeyStore

    async def snapshot(self, session: Session, gate: GateView, now_s: int) -> Projection:
        """Everything the edge of `gate` needs."""
        levels = await access_levels.project(session, (gate,))
        relevant = _relevant(levels)
        every = await passes.current_credentials(session, now_s)
        issued = await cards.current_cards(session, now_s)
        issued = await cards.current_cards(session, now_s)
        every += await _of_cards(session, issued)
        known = await _with_blocks(session, every)
        return Projection(
            rules=await self._rules(session, gate, levels),
            credentials=tuple(c for c in known if relevant & set(c.access_levels)),
        )

    async def delta(
        self, session: Session, gate: GateView, changes: Iterable[tuple[ChangeKind, str]]
    ) -> Projection:
        """What `changes` mean for the edge of `gate`; none of them is of kind LEVELS."""
        rules_changed, pass_ids = False, dict[PassId, None]()
        for kind, key in changes:
            match kind:
                case ChangeKind.RULES:
                    rules_changed = True
                case ChangeKind.CREDENTIAL:
                    pass_ids[PassId(bytes.fromhex(key))] = None
                case ChangeKind.HOLDER:
                    held = await passes.passes_of_holder(session, HolderId(key))
                    pass_ids.update(dict.fromkeys(held))
                    pass_ids.update(dict.fromkeys(await _cards_of(session, HolderId(key))))
                case ChangeKind.LEVELS:
                    raise AssertionError("levels call for a snapshot")
        levels = await access_levels.project(session, (gate,))
        relevant = _relevant(levels)
        known = await _with_blocks(session, await _credentials(session, list(pass_ids)))
        kept = tuple(c for c in known if relevant & set(c.access_levels))
        return Projection(
            rules=await self._rules(session, gate, levels) if rules_changed else None,
            credentials=kept,
            removed=tuple(p for p in pass_ids if p not in {c.pass_id for c in kept}),
        )

    async def _rules(
        self, session: Session, gate: GateView, levels: tuple[AccessLevel, ...]
    ) -> SiteRules:
        return SiteRules(
            time_zone=self.site.time_zone,
            areas=tuple(_area(view) for view in await sites.list_areas(session)),
            gates=(
                Gate(
                    gate_id=gate.gate_id,
                    name_zh=gate.name_zh,
                    name_en=gate.name_en,
                    door_id=DoorId(gate.door_id),
                ),
            ),
            access_points=tuple(
                AccessPoint(
                    access_point_id=point.access_point_id,
                    gate_id=gate.gate_id,
                    direction=point.direction,
                    area_id=gate.area_id,
                    reader_id=None if point.reader_id is None else ReaderId(point.reader_id),
                )
                for point in gate.access_points
            ),
            schedules=await access_levels.list_schedules(session),
            access_levels=levels,
            issuer_keys=tuple(
                IssuerKey(kid=kid, public_key=key, valid_from_s=0, valid_until_s=_KEY_VALID_UNTIL_S)
                for kid, key in self.keys.issuer.public().items()
            ),
            policies=POLICIES,
        )


async def _credentials(session: Session, pass_ids: list[PassId]) -> list[Credential]:
    """The passes and cards with these ids."""
    found: list[Credential] = []
    for start in range(0, len(pass_ids), _AT_ONCE):
        some = pass_ids[start : start + _AT_ONCE]
        found += await passes.credentials(session, some)
        found += await _of_cards(session, await cards.cards(session, some))
    return found


async def _of_cards(session: Session, issued: list[Card]) -> list[Credential]:
    """Cards as an edge is told of them: each may do what its holder may."""
    levels = await holders.levels_of(session, {card.holder for card in issued})
    return [
        Credential(
            pass_id=card.pass_id,
            holder_id=holders.holder_id_of(card.holder),
            status=card.status,
            valid_from_s=card.term.valid_from_s,
            valid_until_s=card.term.valid_until_s,
            access_levels=levels.get(card.holder, ()),
        )
        for card in issued
    ]


async def _cards_of(session: Session, holder_id: HolderId) -> list[PassId]:
    number = holders.number_of(holder_id)
    if number is None:
        return []
    return [card.pass_id for card in await cards.cards_of(session, number)]


async def _with_blocks(session: Session, found: list[Credential]) -> list[Credential]:
    blocked = await holders.blocked_ids(session)
    return [
        msgspec.structs.replace(c, is_holder_blocked=True) if c.holder_id in blocked else c
        for c in found
    ]


def _relevant(levels: tuple[AccessLevel, ...]) -> set[AccessLevelId]:
    return {level.access_level_id for level in levels if level.grants}


def _area(view: AreaView) -> Area:
    return Area(
        area_id=view.area_id, name_zh=view.name_zh, name_en=view.name_en, zone_bit=view.zone_bit
    )
