"""Tables and all SQL of sites."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    ForeignKey,
    LargeBinary,
    SmallInteger,
    String,
    delete,
    func,
    select,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from access_core.ids import EdgeId, GateId
from central_server.kit.database import Session, Table


class AreaRow(Table):
    """A protected area."""

    __tablename__ = "area"

    area_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name_zh: Mapped[str] = mapped_column(String(40))
    name_en: Mapped[str] = mapped_column(String(60))
    zone_bit: Mapped[int] = mapped_column(SmallInteger, unique=True)
    parent_id: Mapped[str | None] = mapped_column(ForeignKey("area.area_id"))


class GateRow(Table):
    """One lane. The number stands for it in events."""

    __tablename__ = "gate"

    number: Mapped[int] = mapped_column(primary_key=True)
    gate_id: Mapped[str] = mapped_column(String(40), unique=True)
    name_zh: Mapped[str] = mapped_column(String(40))
    name_en: Mapped[str] = mapped_column(String(60))
    area_id: Mapped[str] = mapped_column(ForeignKey("area.area_id"))
    door_id: Mapped[str] = mapped_column(String(60))


class AccessPointRow(Table):
    """One direction through one gate's door."""

    __tablename__ = "access_point"

    number: Mapped[int] = mapped_column(primary_key=True)
    access_point_id: Mapped[str] = mapped_column(String(60), unique=True)
    gate_number: Mapped[int] = mapped_column(ForeignKey("gate.number"), index=True)
    direction: Mapped[str] = mapped_column(String(5))
    reader_id: Mapped[str | None] = mapped_column(String(60))


class EdgeRow(Table):
    """The box at one gate. The number (1..1023) stands for it in event ids."""

    __tablename__ = "edge"

    number: Mapped[int] = mapped_column(primary_key=True)
    edge_id: Mapped[str] = mapped_column(String(64), unique=True)
    gate_number: Mapped[int] = mapped_column(ForeignKey("gate.number"), unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary(32))
    enrolled_ms: Mapped[int] = mapped_column(BigInteger)
    seen_ms: Mapped[int] = mapped_column(BigInteger, default=0)
    revision: Mapped[int] = mapped_column(BigInteger, default=0)
    """The rules it holds, as it last said."""
    journal_seq: Mapped[int] = mapped_column(BigInteger, default=0)
    delivered_seq: Mapped[int] = mapped_column(BigInteger, default=0)
    skew_ms: Mapped[int] = mapped_column(BigInteger, default=0)
    """Its clock minus ours."""
    software: Mapped[str] = mapped_column(String(40), default="")
    devices: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)


class EnrolCodeRow(Table):
    """A code that enrols one edge at one gate, once."""

    __tablename__ = "enrol_code"

    code_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    gate_number: Mapped[int] = mapped_column(ForeignKey("gate.number"))
    expires_ms: Mapped[int] = mapped_column(BigInteger)
    used_ms: Mapped[int | None] = mapped_column(BigInteger)
    """None: not used yet. A used code is kept, so that a second use is seen."""


async def areas(session: Session) -> list[AreaRow]:
    """All areas, by zone bit."""
    return list((await session.scalars(select(AreaRow).order_by(AreaRow.zone_bit))).all())


async def gates(session: Session) -> list[tuple[GateRow, AreaRow, EdgeRow | None]]:
    """All gates with area and edge, in the order they were added."""
    query = (
        select(GateRow, AreaRow, EdgeRow)
        .join(AreaRow, AreaRow.area_id == GateRow.area_id)
        .outerjoin(EdgeRow, EdgeRow.gate_number == GateRow.number)
        .order_by(GateRow.number)
    )
    return [(gate, area, edge) for gate, area, edge in await session.execute(query)]


async def access_points(session: Session) -> list[AccessPointRow]:
    """All access points, in the order they were added."""
    query = select(AccessPointRow).order_by(AccessPointRow.number)
    return list((await session.scalars(query)).all())


async def gate(session: Session, gate_id: GateId) -> GateRow | None:
    """By id."""
    return (await session.scalars(select(GateRow).where(GateRow.gate_id == gate_id))).one_or_none()


async def add(session: Session, row: Table) -> None:
    """Store any new row of this feature."""
    session.add(row)
    await session.flush()


async def lowest_free_zone_bit(session: Session, limit: int) -> int | None:
    """The lowest zone bit below `limit` that no area has."""
    taken = set(await session.scalars(select(AreaRow.zone_bit)))
    return next((bit for bit in range(limit) if bit not in taken), None)


async def edge_of_gate(session: Session, gate_number: int) -> EdgeRow | None:
    """The edge at a gate."""
    query = select(EdgeRow).where(EdgeRow.gate_number == gate_number)
    return (await session.scalars(query)).one_or_none()


async def edge_with_gate(session: Session, edge_id: EdgeId) -> tuple[EdgeRow, GateRow] | None:
    """An edge and its gate."""
    query = (
        select(EdgeRow, GateRow)
        .join(GateRow, GateRow.number == EdgeRow.gate_number)
        .where(EdgeRow.edge_id == edge_id)
    )
    found = (await session.execute(query)).one_or_none()
    return None if found is None else (found[0], found[1])


async def access_points_of(session: Session, gate_number: int) -> list[AccessPointRow]:
    """The access points of one gate."""
    query = select(AccessPointRow).where(AccessPointRow.gate_number == gate_number)
    return list((await session.scalars(query)).all())


async def edge_count(session: Session) -> int:
    """How many edges there are."""
    return (await session.scalar(select(func.count()).select_from(EdgeRow))) or 0


async def update_edge(session: Session, number: int, values: Mapping[str, Any]) -> None:
    """Set columns of one edge."""
    await session.execute(update(EdgeRow).where(EdgeRow.number == number).values(**values))


async def replace_enrol_code(session: Session, row: EnrolCodeRow) -> None:
    """Store a code; earlier ones for the same gate that nobody used are void."""
    is_void = (EnrolCodeRow.gate_number == row.gate_number) & EnrolCodeRow.used_ms.is_(None)
    await session.execute(delete(EnrolCodeRow).where(is_void))
    await add(session, row)


async def enrol_code(session: Session, code_hash: bytes) -> EnrolCodeRow | None:
    """A code, used or not."""
    return await session.get(EnrolCodeRow, code_hash)


async def use_enrol_code(session: Session, code_hash: bytes, now_ms: int) -> bool:
    """Use a code up; False if somebody else was first."""
    query = (
        update(EnrolCodeRow)
        .where(EnrolCodeRow.code_hash == code_hash, EnrolCodeRow.used_ms.is_(None))
        .values(used_ms=now_ms)
        .returning(EnrolCodeRow.code_hash)
    )
    return (await session.execute(query)).first() is not None


async def gate_by_number(session: Session, number: int) -> GateRow | None:
    """By number."""
    return await session.get(GateRow, number)
