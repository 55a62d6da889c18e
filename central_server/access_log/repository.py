"""Tables of the access log and all SQL of it. Append-only.

The batch is written past the ORM, in one driver-level statement: that keeps most of what the bare
driver does, where the ORM keeps a sixth (research central-stack 3.1).
"""

from collections.abc import Sequence
from functools import cache
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    UniqueConstraint,
    func,
    select,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from central_server.access_log.rules import EventValues
from central_server.access_log.schemas import EventFilter
from central_server.kit.database import Session, Table

_BIG_KEY: Final = BigInteger().with_variant(Integer, "sqlite")

BATCH_COLUMNS: Final = (
    "id",
    "edge_number",
    "epoch",
    "first_seq",
    "last_seq",
    "prev_hash",
    "head_hash",
    "received_ms",
    "lines",
)
EVENT_COLUMNS: Final = (
    "id",
    "edge_seq",
    "batch_id",
    "gate",
    "access_point",
    "direction",
    "kind",
    "person",
    "pass_ref",
    "reason",
    "is_offline",
)


class EventRow(Table):
    """One event; codes and ids as in `rules`. Everything else stands in the batch's lines."""

    __tablename__ = "event"
    __table_args__ = (
        # Each index ends in the id, and so in time, by itself (SQLite) or by name.
        Index("ix_event_person", "person", "id"),
        Index("ix_event_gate", "gate", "id"),
        Index(
            "ix_event_reason",
            "reason",
            "id",
            sqlite_where=text("reason IS NOT NULL"),
            postgresql_where=text("reason IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(_BIG_KEY, primary_key=True, autoincrement=False)
    edge_seq: Mapped[int] = mapped_column(BigInteger)
    batch_id: Mapped[int] = mapped_column(BigInteger)
    gate: Mapped[int] = mapped_column(SmallInteger)
    access_point: Mapped[int | None] = mapped_column(SmallInteger)
    direction: Mapped[int | None] = mapped_column(SmallInteger)
    kind: Mapped[int] = mapped_column(SmallInteger)
    person: Mapped[int | None]
    pass_ref: Mapped[int | None] = mapped_column(BigInteger)
    reason: Mapped[int | None] = mapped_column(SmallInteger)
    is_offline: Mapped[int] = mapped_column(SmallInteger)


class BatchRow(Table):
    """One batch as it came. Its number is the order of arrival, its lines are the evidence."""

    __tablename__ = "batch"
    __table_args__ = (UniqueConstraint("edge_number", "epoch", "first_seq"),)

    id: Mapped[int] = mapped_column(_BIG_KEY, primary_key=True)
    edge_number: Mapped[int] = mapped_column(SmallInteger)
    epoch: Mapped[bytes] = mapped_column(LargeBinary(16))
    first_seq: Mapped[int] = mapped_column(BigInteger)
    """Of the first line that was new."""
    last_seq: Mapped[int] = mapped_column(BigInteger)
    prev_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    head_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    received_ms: Mapped[int] = mapped_column(BigInteger)
    lines: Mapped[bytes] = mapped_column(LargeBinary)
    """The new lines as a JSON list, each byte for byte, compressed (zlib)."""


class ParkedRow(Table):
    """A line that could not be interpreted."""

    __tablename__ = "parked"

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(BigInteger)
    edge_number: Mapped[int] = mapped_column(SmallInteger)
    seq: Mapped[int] = mapped_column(BigInteger)
    problem: Mapped[str] = mapped_column(String(200))
    line: Mapped[bytes] = mapped_column(LargeBinary)
    received_ms: Mapped[int] = mapped_column(BigInteger)


class ConflictRow(Table):
    """A batch whose numbers are used up by other content. Kept beside what came first."""

    __tablename__ = "batch_conflict"
    __table_args__ = (UniqueConstraint("edge_number", "epoch", "first_seq", "head_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edge_number: Mapped[int] = mapped_column(SmallInteger)
    epoch: Mapped[bytes] = mapped_column(LargeBinary(16))
    first_seq: Mapped[int] = mapped_column(BigInteger)
    head_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    received_ms: Mapped[int] = mapped_column(BigInteger)
    body: Mapped[bytes] = mapped_column(LargeBinary)


class AlarmRow(Table):
    """Something security must hear of."""

    __tablename__ = "alarm"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(30))
    edge_number: Mapped[int] = mapped_column(SmallInteger)
    at_ms: Mapped[int] = mapped_column(BigInteger)
    detail: Mapped[str] = mapped_column(String(300))


async def head(session: Session, edge_number: int, epoch: bytes) -> tuple[int, bytes] | None:
    """Sequence and hash of the newest line of a journal; None if nothing came yet."""
    connection = await session.connection()
    edge_mark, epoch_mark = _marks(2, connection.dialect.paramstyle)
    statement = (
        f"SELECT last_seq, head_hash FROM batch WHERE edge_number = {edge_mark} "  # noqa: S608 - marks
        f"AND epoch = {epoch_mark} ORDER BY first_seq DESC LIMIT 1"
    )
    found = (await connection.exec_driver_sql(statement, (edge_number, epoch))).first()
    if found is None:
        return None
    last_seq, head_hash = tuple[Any, ...](found)
    return last_seq, head_hash


async def batch_with(session: Session, edge_number: int, epoch: bytes, seq: int) -> BatchRow | None:
    """The batch that brought line `seq`."""
    query = select(BatchRow).where(
        BatchRow.edge_number == edge_number,
        BatchRow.epoch == epoch,
        BatchRow.first_seq <= seq,
        BatchRow.last_seq >= seq,
    )
    return (await session.scalars(query)).one_or_none()


async def next_batch_id(session: Session) -> int:
    """The number of the batch about to be written; only within a writing transaction."""
    connection = await session.connection()
    found = (await connection.exec_driver_sql("SELECT max(id) FROM batch")).scalar()
    return (found or 0) + 1


async def insert_batch(session: Session, row: Sequence[object]) -> None:
    """Write one `BatchRow`, values in the order of `BATCH_COLUMNS`."""
    connection = await session.connection()
    marks = ", ".join(_marks(len(row), connection.dialect.paramstyle))
    columns = ", ".join(BATCH_COLUMNS)
    statement = f"INSERT INTO batch ({columns}) VALUES ({marks})"  # noqa: S608 - our own words
    await connection.exec_driver_sql(statement, tuple(row))


async def insert_events(session: Session, rows: list[EventValues]) -> int:
    """Write the rows in one statement; how many were new. An id that exists stays as it is."""
    connection = await session.connection()
    statement = _insert_events(len(rows), connection.dialect.paramstyle)
    flat = tuple([value for row in rows for value in row])
    return (await connection.exec_driver_sql(statement, flat)).rowcount


async def ids_of_other_batches(session: Session, ids: list[int], batch_id: int) -> set[int]:
    """Those of `ids` that another batch has brought."""
    query = select(EventRow.id).where(EventRow.id.in_(ids), EventRow.batch_id != batch_id)
    return set(await session.scalars(query))


async def add(session: Session, rows: Sequence[Table]) -> None:
    """Store parked lines, conflicts or alarms."""
    session.add_all(rows)
    await session.flush()


async def has_conflict(session: Session, row: ConflictRow) -> bool:
    """Whether this very conflict is kept already."""
    query = select(ConflictRow.id).where(
        ConflictRow.edge_number == row.edge_number,
        ConflictRow.epoch == row.epoch,
        ConflictRow.first_seq == row.first_seq,
        ConflictRow.head_hash == row.head_hash,
    )
    return (await session.scalar(query)) is not None


async def search(
    session: Session, wanted: EventFilter, *, before_id: int | None, count: int
) -> list[tuple[EventRow, int]]:
    """Events that match, newest first, older than `before_id`, with the time of arrival."""
    query = select(EventRow, BatchRow.received_ms).join(BatchRow, BatchRow.id == EventRow.batch_id)
    if before_id is not None:
        query = query.where(EventRow.id < before_id)
    if wanted.from_id is not None:
        query = query.where(EventRow.id >= wanted.from_id)
    if wanted.until_id is not None:
        query = query.where(EventRow.id < wanted.until_id)
    if wanted.gate is not None:
        query = query.where(EventRow.gate == wanted.gate)
    if wanted.persons is not None:
        query = query.where(EventRow.person.in_(wanted.persons))
    if wanted.kind is not None:
        query = query.where(EventRow.kind == wanted.kind)
    if wanted.reason is not None:
        query = query.where(EventRow.reason == wanted.reason)
    if wanted.is_offline:
        query = query.where(EventRow.is_offline == 1)
    rows = await session.execute(query.order_by(EventRow.id.desc()).limit(count))
    return [(event, received_ms) for event, received_ms in rows]


async def of_batches(
    session: Session, *, after_batch: int, count: int
) -> list[tuple[EventRow, int]]:
    """The newest `count` events that came after batch `after_batch`, oldest first."""
    query = (
        select(EventRow, BatchRow.received_ms)
        .join(BatchRow, BatchRow.id == EventRow.batch_id)
        .where(BatchRow.id > after_batch)
        .order_by(BatchRow.id.desc(), EventRow.edge_seq.desc())
        .limit(count)
    )
    return [(event, ms) for event, ms in reversed((await session.execute(query)).all())]


async def newest_batch(session: Session) -> int:
    """The number of the newest batch; 0 before the first."""
    return (await session.scalar(select(func.max(BatchRow.id)))) or 0


async def get(session: Session, identifier: int) -> tuple[EventRow, BatchRow] | None:
    """One event and the batch that brought it."""
    query = (
        select(EventRow, BatchRow)
        .join(BatchRow, BatchRow.id == EventRow.batch_id)
        .where(EventRow.id == identifier)
    )
    found = (await session.execute(query)).one_or_none()
    return None if found is None else (found[0], found[1])


async def parked(session: Session, count: int) -> list[ParkedRow]:
    """The newest parked lines."""
    query = select(ParkedRow).order_by(ParkedRow.id.desc()).limit(count)
    return list((await session.scalars(query)).all())


async def alarms(session: Session, count: int) -> list[AlarmRow]:
    """The newest alarms."""
    query = select(AlarmRow).order_by(AlarmRow.id.desc()).limit(count)
    return list((await session.scalars(query)).all())


async def count_parked(session: Session) -> int:
    """How many lines are parked."""
    return (await session.scalar(select(func.count()).select_from(ParkedRow))) or 0


def _marks(count: int, paramstyle: str) -> list[str]:
    """Placeholders as the driver has them: `?` (SQLite) or `$1` (asyncpg)."""
    return ["?" if paramstyle == "qmark" else f"${i}" for i in range(1, count + 1)]


@cache
def _insert_events(count: int, paramstyle: str) -> str:
    width = len(EVENT_COLUMNS)
    marks = _marks(count * width, paramstyle)
    groups = (", ".join(marks[i : i + width]) for i in range(0, len(marks), width))
    values = ", ".join(f"({group})" for group in groups)
    return (
        f"INSERT INTO event ({', '.join(EVENT_COLUMNS)}) VALUES {values} "  # noqa: S608 - marks
        "ON CONFLICT DO NOTHING"
    )
