"""Add areas and gates, enrol edges, know how each gate is."""

import secrets
from base64 import b32encode
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from access_core.devices.events import Direction
from access_core.ids import AccessPointId, AreaId, EdgeId, GateId
from access_core.model.topology import ZONE_BITS
from access_core.wire.messages import EdgeStatus
from central_server.kit.audit import Action, By, record
from central_server.kit.database import Session, signal_after_commit
from central_server.kit.errors import Conflict, NotFound
from central_server.kit.feed import ChangeKind, note_change
from central_server.kit.i18n import text
from central_server.sites import repository
from central_server.sites.repository import (
    AccessPointRow,
    AreaRow,
    EdgeRow,
    EnrolCodeRow,
    GateRow,
)
from central_server.sites.schemas import (
    AccessPointView,
    AreaView,
    EdgeView,
    GateView,
    NewAreaForm,
    NewGateForm,
    edge_id_of,
)

MAX_EDGES: Final = 1023
"""Ten bits of an event id."""
EDGE_TOPIC: Final = "edges"
"""The signal sent when an edge is enrolled or changes state."""
_CODE_BYTES: Final = 16
_GROUP: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownEdge:
    """What is asked of an edge at each of its requests."""

    edge_id: EdgeId
    number: int
    public_key: bytes
    """32 raw Ed25519 bytes."""
    gate_id: GateId
    gate_number: int
    access_points: dict[str, int]
    """Access point id -> number."""
    seen_ms: int
    revision: int


async def list_areas(session: Session) -> tuple[AreaView, ...]:
    """All areas, by zone bit."""
    return tuple(
        AreaView(
            area_id=AreaId(row.area_id),
            name_zh=row.name_zh,
            name_en=row.name_en,
            zone_bit=row.zone_bit,
        )
        for row in await repository.areas(session)
    )


async def list_gates(
    session: Session, *, now_ms: int = 0, offline_after_s: int = 0
) -> tuple[GateView, ...]:
    """All gates, in the order they were added; whether edges are online as of `now_ms`."""
    points: dict[int, list[AccessPointView]] = {}
    for row in await repository.access_points(session):
        points.setdefault(row.gate_number, []).append(_point_view(row))
    heard_since_ms = now_ms - offline_after_s * 1000
    return tuple(
        _gate_view(gate, area, edge, tuple(points.get(gate.number, ())), heard_since_ms)
        for gate, area, edge in await repository.gates(session)
    )


async def get_gate(
    session: Session, gate_id: str, *, now_ms: int = 0, offline_after_s: int = 0
) -> GateView:
    """One gate; NotFound if there is none."""
    for view in await list_gates(session, now_ms=now_ms, offline_after_s=offline_after_s):
        if view.gate_id == gate_id:
            return view
    raise NotFound


async def gates_of_edges(session: Session) -> dict[int, GateView]:
    """The number of an edge -> its gate."""
    views = {view.number: view for view in await list_gates(session)}
    found = await repository.gates(session)
    return {edge.number: views[gate.number] for gate, _, edge in found if edge is not None}


async def add_area(session: Session, form: NewAreaForm, by: By) -> None:
    """A new area with the next free zone bit; Conflict if id or bits are used up."""
    if any(area.area_id == form.area_id for area in await repository.areas(session)):
        raise Conflict(text("This identifier is taken."))
    zone_bit = await repository.lowest_free_zone_bit(session, ZONE_BITS)
    if zone_bit is None:
        raise Conflict(text("A pass can name %(count)s areas at most.", count=ZONE_BITS))
    row = AreaRow(
        area_id=form.area_id, name_zh=form.name_zh, name_en=form.name_en, zone_bit=zone_bit
    )
    await repository.add(session, row)
    await record(session, by.did(Action.AREA_ADDED, f"area:{form.area_id}"))
    await note_change(session, ChangeKind.RULES)


async def add_gate(session: Session, form: NewGateForm, by: By) -> None:
    """A new gate with its door, an entry and an exit; Conflict if the id is taken."""
    if await repository.gate(session, GateId(form.gate_id)) is not None:
        raise Conflict(text("This identifier is taken."))
    if all(area.area_id != form.area_id for area in await repository.areas(session)):
        raise NotFound(text("There is no such area."))
    gate = GateRow(
        gate_id=form.gate_id,
        name_zh=form.name_zh,
        name_en=form.name_en,
        area_id=form.area_id,
        door_id=f"{form.gate_id}-door",
    )
    await repository.add(session, gate)
    for direction, word in ((Direction.ENTRY, "in"), (Direction.EXIT, "out")):
        point = AccessPointRow(
            access_point_id=f"{form.gate_id}-{word}",
            gate_number=gate.number,
            direction=direction.value,
            reader_id=f"{form.gate_id}-reader-{word}",
        )
        await repository.add(session, point)
    await record(session, by.did(Action.GATE_ADDED, f"gate:{form.gate_id}"))
    await note_change(session, ChangeKind.LEVELS)


async def make_enrol_code(session: Session, gate_id: str, minutes: int, by: By) -> str:
    """A code for the edge at this gate: once, `minutes` long; earlier codes are void."""
    gate = await repository.gate(session, GateId(gate_id))
    if gate is None:
        raise NotFound(text("There is no gate %(gate)s.", gate=gate_id))
    code = b32encode(secrets.token_bytes(_CODE_BYTES)).decode().rstrip("=")
    expires_ms = by.now_ms + minutes * 60_000
    row = EnrolCodeRow(code_hash=_code_hash(code), gate_number=gate.number, expires_ms=expires_ms)
    await repository.replace_enrol_code(session, row)
    await record(session, by.did(Action.ENROL_CODE_MADE, f"gate:{gate_id}"))
    return "-".join(code[i : i + _GROUP] for i in range(0, len(code), _GROUP))


class EnrolCodeRefused(NotFound):
    """No edge is enrolled by this code; the words are the same for every reason."""

    def __init__(self) -> None:
        """For a code that is unknown, void or over."""
        super().__init__(text("This code has been used or is over. Make a new one."))


class EnrolCodeUsedAgain(EnrolCodeRefused):
    """Somebody has a code that has enrolled an edge before: it may have been overheard."""

    def __init__(self, edge: KnownEdge) -> None:
        """`edge`: which was enrolled at the code's gate."""
        super().__init__()
        self.edge = edge


async def enrol_edge(session: Session, code: str, public_key: bytes, by: By) -> KnownEdge:
    """The edge that `code` was made for, with its key from now on.

    A gate that has an edge already gets this one in its place: same id, new key. EnrolCodeRefused
    for any other code; EnrolCodeUsedAgain, which security must hear of, for one used before.
    """
    code_hash = _code_hash(_normalised(code))
    found = await repository.enrol_code(session, code_hash)
    gate = await repository.gate_by_number(session, found.gate_number) if found else None
    if found is None or gate is None:
        raise EnrolCodeRefused
    if found.used_ms is not None:
        enrolled = await find_edge(session, edge_id_of(GateId(gate.gate_id)))
        raise EnrolCodeRefused if enrolled is None else EnrolCodeUsedAgain(enrolled)
    if found.expires_ms <= by.now_ms:
        raise EnrolCodeRefused
    if not await repository.use_enrol_code(session, code_hash, by.now_ms):
        raise EnrolCodeRefused
    edge = await repository.edge_of_gate(session, gate.number)
    if edge is None:
        if await repository.edge_count(session) >= MAX_EDGES:
            raise Conflict(text("A site has %(count)s edges at most.", count=MAX_EDGES))
        edge = EdgeRow(
            edge_id=edge_id_of(gate.gate_id),
            gate_number=gate.number,
            public_key=public_key,
            enrolled_ms=by.now_ms,
        )
        await repository.add(session, edge)
    values = {"public_key": public_key, "enrolled_ms": by.now_ms, "revision": 0}
    await repository.update_edge(session, edge.number, values)
    fingerprint = sha256(public_key).hexdigest()[:16]
    detail = f"gate {gate.gate_id}, key {fingerprint}"
    await record(session, by.did(Action.EDGE_ENROLLED, f"edge:{edge.edge_id}", detail))
    signal_after_commit(session, EDGE_TOPIC)
    known = await find_edge(session, EdgeId(edge.edge_id))
    assert known is not None  # noqa: S101 - stored above
    return known


async def find_edge(session: Session, edge_id: EdgeId) -> KnownEdge | None:
    """An enrolled edge."""
    found = await repository.edge_with_gate(session, edge_id)
    if found is None:
        return None
    edge, gate = found
    points = await repository.access_points_of(session, gate.number)
    return KnownEdge(
        edge_id=EdgeId(edge.edge_id),
        number=edge.number,
        public_key=edge.public_key,
        gate_id=GateId(gate.gate_id),
        gate_number=gate.number,
        access_points={point.access_point_id: point.number for point in points},
        seen_ms=edge.seen_ms,
        revision=edge.revision,
    )


async def note_revision(session: Session, edge: KnownEdge, revision: int, now_ms: int) -> None:
    """The edge was heard, and holds `revision`."""
    await repository.update_edge(session, edge.number, {"revision": revision, "seen_ms": now_ms})
    signal_after_commit(session, EDGE_TOPIC)


async def note_status(session: Session, edge: KnownEdge, status: EdgeStatus, now_ms: int) -> None:
    """The edge told how it is."""
    values = {
        "revision": status.revision,
        "journal_seq": status.journal_seq,
        "delivered_seq": status.delivered_seq,
        "skew_ms": status.now_ms - now_ms,
        "software": status.software[:40],
        "devices": {k[:60]: v[:200] for k, v in list(status.devices.items())[:50]},
        "seen_ms": now_ms,
    }
    await repository.update_edge(session, edge.number, values)
    signal_after_commit(session, EDGE_TOPIC)


def _normalised(code: str) -> str:
    return code.upper().replace("-", "").replace(" ", "").strip()


def _code_hash(code: str) -> bytes:
    return sha256(code.encode()).digest()


def _point_view(row: AccessPointRow) -> AccessPointView:
    return AccessPointView(
        number=row.number,
        access_point_id=AccessPointId(row.access_point_id),
        direction=Direction(row.direction),
        reader_id=row.reader_id,
    )


def _gate_view(
    gate: GateRow,
    area: AreaRow,
    edge: EdgeRow | None,
    points: tuple[AccessPointView, ...],
    heard_since_ms: int,
) -> GateView:
    return GateView(
        number=gate.number,
        gate_id=GateId(gate.gate_id),
        name_zh=gate.name_zh,
        name_en=gate.name_en,
        area_id=AreaId(area.area_id),
        area_zh=area.name_zh,
        area_en=area.name_en,
        zone_bit=area.zone_bit,
        door_id=gate.door_id,
        access_points=points,
        edge=None if edge is None else _edge_view(edge, heard_since_ms),
    )


def _edge_view(edge: EdgeRow, heard_since_ms: int) -> EdgeView:
    return EdgeView(
        edge_id=EdgeId(edge.edge_id),
        is_online=edge.seen_ms > 0 and edge.seen_ms >= heard_since_ms,
        seen_ms=edge.seen_ms,
        revision=edge.revision,
        journal_seq=edge.journal_seq,
        delivered_seq=edge.delivered_seq,
        skew_ms=edge.skew_ms,
        software=edge.software,
        devices=edge.devices,
    )
