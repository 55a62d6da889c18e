"""The table of alarms and all SQL of it.

Alarms come with batches of events, in the driver-level transaction of those; hence `Bulk`.
"""

from sqlalchemy import BigInteger, Index, SmallInteger, String, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from central_server.alarms.rules import AlarmKind, Over, Raised, state_of
from central_server.alarms.schemas import Alarm, Handled
from central_server.kit.database import Bulk, Session, Table


class AlarmRow(Table):
    """Something security must hear of; `schemas.Alarm` says what the columns mean."""

    __tablename__ = "alarm"
    __table_args__ = (Index("ix_alarm_cleared_ms", "cleared_ms"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(30))
    edge_number: Mapped[int] = mapped_column(SmallInteger)
    device: Mapped[str] = mapped_column(String(60))
    event_id: Mapped[int | None] = mapped_column(BigInteger)
    at_ms: Mapped[int] = mapped_column(BigInteger)
    """When it was raised first."""
    last_ms: Mapped[int] = mapped_column(BigInteger)
    count: Mapped[int]
    detail: Mapped[str] = mapped_column(String(300))
    over_ms: Mapped[int | None] = mapped_column(BigInteger)
    acknowledged_ms: Mapped[int | None] = mapped_column(BigInteger)
    acknowledged_by: Mapped[int | None]
    note: Mapped[str] = mapped_column(String(400))
    cleared_ms: Mapped[int | None] = mapped_column(BigInteger)
    cleared_by: Mapped[int | None]


def insert_alarm(bulk: Bulk, edge_number: int, raised: Raised, event_id: int | None) -> None:
    """Store a new alarm."""
    row = {
        "kind": raised.kind.value,
        "edge_number": edge_number,
        "device": raised.device,
        "event_id": event_id,
        "at_ms": raised.first_ms,
        "last_ms": raised.last_ms,
        "count": raised.count,
        "detail": raised.detail[:300],
        "note": "",
    }
    bulk.execute(insert(AlarmRow), [row])


def raise_again(bulk: Bulk, edge_number: int, raised: Raised) -> bool:
    """Add to the alarm that nobody has acknowledged yet; False if there is none."""
    changed = bulk.execute(
        update(AlarmRow)
        .where(
            AlarmRow.edge_number == edge_number,
            AlarmRow.kind == raised.kind.value,
            AlarmRow.device == raised.device,
            AlarmRow.acknowledged_ms.is_(None),
            AlarmRow.cleared_ms.is_(None),
        )
        .values(
            last_ms=raised.last_ms,
            count=AlarmRow.count + raised.count,
            detail=raised.detail[:300],
            over_ms=None,
        )
    )
    return changed.rowcount > 0


def end(bulk: Bulk, edge_number: int, over: Over) -> None:
    """Note that it is over; what has been acknowledged is cleared by that."""
    is_it = (
        AlarmRow.edge_number == edge_number,
        AlarmRow.kind == over.kind.value,
        AlarmRow.device == over.device,
        AlarmRow.over_ms.is_(None),
        AlarmRow.cleared_ms.is_(None),
    )
    acknowledged = update(AlarmRow).where(*is_it, AlarmRow.acknowledged_ms.is_not(None))
    bulk.execute(acknowledged.values(over_ms=over.at_ms, cleared_ms=over.at_ms))
    bulk.execute(update(AlarmRow).where(*is_it).values(over_ms=over.at_ms))


async def not_cleared(session: Session) -> list[Alarm]:
    """What security has to deal with: what nobody has acknowledged first, the newest first."""
    query = select(AlarmRow).where(AlarmRow.cleared_ms.is_(None))
    order = (AlarmRow.acknowledged_ms.is_not(None), AlarmRow.last_ms.desc(), AlarmRow.id.desc())
    return [_alarm(row) for row in await session.scalars(query.order_by(*order))]


async def cleared(session: Session, count: int) -> list[Alarm]:
    """What was cleared last."""
    query = select(AlarmRow).where(AlarmRow.cleared_ms.is_not(None))
    order = (AlarmRow.cleared_ms.desc(), AlarmRow.id.desc())
    return [_alarm(row) for row in await session.scalars(query.order_by(*order).limit(count))]


async def get(session: Session, alarm_id: int) -> Alarm | None:
    """By its number."""
    query = select(AlarmRow).where(AlarmRow.id == alarm_id)
    row = await session.scalar(query.execution_options(populate_existing=True))
    return None if row is None else _alarm(row)


async def acknowledge(session: Session, alarm_id: int, done: Handled, note: str) -> bool:
    """Note who has seen it; False if somebody has already."""
    changed = await session.execute(
        update(AlarmRow)
        .where(AlarmRow.id == alarm_id, AlarmRow.acknowledged_ms.is_(None))
        .values(acknowledged_ms=done.at_ms, acknowledged_by=done.operator_id, note=note)
        .returning(AlarmRow.id)
    )
    return changed.scalar() is not None


async def clear(session: Session, alarm_id: int, done: Handled, note: str) -> bool:
    """Note who has dealt with it; False if it is cleared already or nobody has acknowledged it."""
    changed = await session.execute(
        update(AlarmRow)
        .where(
            AlarmRow.id == alarm_id,
            AlarmRow.acknowledged_ms.is_not(None),
            AlarmRow.cleared_ms.is_(None),
        )
        .values(cleared_ms=done.at_ms, cleared_by=done.operator_id, note=note)
        .returning(AlarmRow.id)
    )
    return changed.scalar() is not None


def _alarm(row: AlarmRow) -> Alarm:
    acknowledged = _handled(row.acknowledged_ms, row.acknowledged_by)
    cleared_by = _handled(row.cleared_ms, row.cleared_by)
    return Alarm(
        alarm_id=row.id,
        kind=AlarmKind(row.kind),
        edge_number=row.edge_number,
        device=row.device,
        event_id=row.event_id,
        first_ms=row.at_ms,
        last_ms=row.last_ms,
        count=row.count,
        detail=row.detail,
        over_ms=row.over_ms,
        state=state_of(is_acknowledged=acknowledged is not None, is_cleared=cleared_by is not None),
        acknowledged=acknowledged,
        note=row.note,
        cleared=cleared_by,
    )


def _handled(at_ms: int | None, operator_id: int | None) -> Handled | None:
    return None if at_ms is None else Handled(at_ms=at_ms, operator_id=operator_id)
