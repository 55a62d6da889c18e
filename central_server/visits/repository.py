"""The table of visits and all SQL about it."""

from typing import Any

from sqlalchemy import BigInteger, Index, LargeBinary, String, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from access_core.ids import GateId, HolderId
from central_server.kit.database import Session, Table, signal_after_commit
from central_server.visits.records import Visit, VisitQuery
from central_server.visits.rules import Purpose, VisitState


class VisitRow(Table):
    """One visit; `records.Visit` says what the columns mean."""

    __tablename__ = "visit"
    __table_args__ = (
        Index("ix_visit_host_id", "host_id", "ends_s"),
        Index("ix_visit_ends_s", "ends_s"),
        Index("ix_visit_phone_end", "phone_end"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    link_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    state: Mapped[str] = mapped_column(String(12))
    before_cancel: Mapped[str | None] = mapped_column(String(12))
    booked_ms: Mapped[int] = mapped_column(BigInteger)
    changed_ms: Mapped[int] = mapped_column(BigInteger)
    version: Mapped[int]
    starts_s: Mapped[int] = mapped_column(BigInteger)
    ends_s: Mapped[int] = mapped_column(BigInteger)
    decide_by_s: Mapped[int] = mapped_column(BigInteger)
    gate_id: Mapped[str] = mapped_column(String(40))
    purpose: Mapped[str] = mapped_column(String(12))
    name: Mapped[str] = mapped_column(String(60))
    phone: Mapped[str] = mapped_column(String(24))
    phone_end: Mapped[str] = mapped_column(String(4))
    email: Mapped[str] = mapped_column(String(254))
    host_name: Mapped[str] = mapped_column(String(60))
    host_department: Mapped[str] = mapped_column(String(80))
    host_id: Mapped[int | None]
    companions: Mapped[int]
    plate: Mapped[str] = mapped_column(String(10))
    note: Mapped[str] = mapped_column(String(200))
    consent_version: Mapped[str] = mapped_column(String(16))
    language: Mapped[str] = mapped_column(String(2))
    holder_id: Mapped[str | None] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(String(200))


def _visit(row: VisitRow) -> Visit:
    return Visit(
        visit_id=row.id,
        state=VisitState(row.state),
        before_cancel=VisitState(row.before_cancel) if row.before_cancel else None,
        booked_ms=row.booked_ms,
        changed_ms=row.changed_ms,
        version=row.version,
        starts_s=row.starts_s,
        ends_s=row.ends_s,
        decide_by_s=row.decide_by_s,
        gate_id=GateId(row.gate_id),
        purpose=Purpose(row.purpose),
        name=row.name,
        phone=row.phone,
        email=row.email,
        host_name=row.host_name,
        host_department=row.host_department,
        host_id=row.host_id,
        companions=row.companions,
        plate=row.plate,
        note=row.note,
        consent_version=row.consent_version,
        language=row.language,
        holder_id=HolderId(row.holder_id) if row.holder_id else None,
        reason=row.reason,
    )


async def add(session: Session, visit: Visit, link_hash: bytes) -> int:
    """Store a new visit; its `visit_id` is not looked at, the one it gets is returned."""
    row = VisitRow(
        link_hash=link_hash,
        state=visit.state.value,
        before_cancel=None,
        booked_ms=visit.booked_ms,
        changed_ms=visit.changed_ms,
        version=visit.version,
        starts_s=visit.starts_s,
        ends_s=visit.ends_s,
        decide_by_s=visit.decide_by_s,
        gate_id=visit.gate_id,
        purpose=visit.purpose.value,
        name=visit.name,
        phone=visit.phone,
        phone_end=visit.phone[-4:],
        email=visit.email,
        host_name=visit.host_name,
        host_department=visit.host_department,
        host_id=visit.host_id,
        companions=visit.companions,
        plate=visit.plate,
        note=visit.note,
        consent_version=visit.consent_version,
        language=visit.language,
        holder_id=None,
        reason="",
    )
    session.add(row)
    await session.flush()
    return row.id


async def by_link(session: Session, link_hash: bytes) -> Visit | None:
    """The visit behind a link."""
    row = await session.scalar(
        select(VisitRow)
        .where(VisitRow.link_hash == link_hash)
        .execution_options(populate_existing=True)
    )
    return None if row is None else _visit(row)


async def by_id(session: Session, visit_id: int) -> Visit | None:
    """The visit with this number."""
    row = await session.scalar(
        select(VisitRow).where(VisitRow.id == visit_id).execution_options(populate_existing=True)
    )
    return None if row is None else _visit(row)


async def change(session: Session, visit: Visit, now_ms: int, **columns: Any) -> None:  # noqa: ANN401 - column values
    """Set these columns of a visit and count one version more; wakes whoever watches it."""
    await session.execute(
        update(VisitRow)
        .where(VisitRow.id == visit.visit_id)
        .values(version=VisitRow.version + 1, changed_ms=now_ms, **columns)
    )
    signal_after_commit(session, visit.subject)


async def find(session: Session, query: VisitQuery) -> list[Visit]:
    """The visits that `query` asks for, the next to end first."""
    statement = select(VisitRow).order_by(VisitRow.ends_s, VisitRow.id).limit(query.count)
    if query.host_id is not None:
        statement = statement.where(VisitRow.host_id == query.host_id)
    if query.ends_after_s is not None:
        statement = statement.where(VisitRow.ends_s > query.ends_after_s)
    if query.subject_id is not None:
        statement = statement.where(VisitRow.id == query.subject_id)
    if query.words:
        statement = statement.where(
            or_(
                VisitRow.name.contains(query.words, autoescape=True),
                VisitRow.host_name.contains(query.words, autoescape=True),
                VisitRow.plate.contains(query.words.upper(), autoescape=True),
                VisitRow.phone_end == query.words,
            )
        )
    return [_visit(row) for row in await session.scalars(statement)]
