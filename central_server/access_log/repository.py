"""Tables of the access log and all SQL of it. Append-only.

The batch is written past the ORM, in one driver-level statement: that keeps most of what the bare
driver does, where the ORM keeps a sixth (research central-stack 3.1).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
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
    insert,
    select,
)
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from access_core.wire.event_chain import GENESIS
from central_server.access_log.rules import EventValues
from central_server.access_log.schemas import EventFilter
from central_server.kit.database import Bulk, Session, Table

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
    "batch_id",
    "id",
    "edge_seq",
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
        # In SQLite each index ends in the rowid, which is the id, and so in time, by itself.
        Index("ix_event_person", "person"),
        Index("ix_event_gate", "gate"),
        Index(
            "ix_event_reason",
            "reason",
            sqlite_where=sql("reason IS NOT NULL"),
            postgresql_where=sql("reason IS NOT NULL"),
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


@dataclass(frozen=True, slots=True)
class KeptBatch:
    """The evidence of one batch."""

    first_seq: int
    prev_hash: bytes
    lines: bytes
    """Compressed, as in `BatchRow.lines`."""


@dataclass(frozen=True, slots=True)
class JournalHead:
    """Where the record of one journal stands."""

    seq: int
    chain_hash: bytes


def head(bulk: Bulk, edge_number: int, epoch: bytes) -> JournalHead:
    """The newest line of a journal; GENESIS at 0 if nothing came yet."""
    edge_mark, epoch_mark = _marks(2, bulk.dialect.paramstyle)
    statement = (
        f"SELECT last_seq, head_hash FROM batch WHERE edge_number = {edge_mark} "  # noqa: S608 - marks
        f"AND epoch = {epoch_mark} ORDER BY first_seq DESC LIMIT 1"
    )
    found = bulk.exec_driver_sql(statement, (edge_number, epoch)).first()
    if found is None:
        return JournalHead(0, GENESIS)
    last_seq, head_hash = tuple[Any, ...](found)
    return JournalHead(last_seq, head_hash)


def next_batch_id(bulk: Bulk) -> int:
    """The number of the batch about to be written."""
    return (bulk.exec_driver_sql("SELECT max(id) FROM batch").scalar() or 0) + 1


def batch_with(bulk: Bulk, edge_number: int, epoch: bytes, seq: int) -> KeptBatch | None:
    """The batch that brought line `seq`."""
    query = select(BatchRow.first_seq, BatchRow.prev_hash, BatchRow.lines).where(
        BatchRow.edge_number == edge_number,
        BatchRow.epoch == epoch,
        BatchRow.first_seq <= seq,
        BatchRow.last_seq >= seq,
    )
    found = bulk.execute(query).one_or_none()
    return None if found is None else KeptBatch(found[0], found[1], found[2])


def insert_batch(bulk: Bulk, row: Sequence[object]) -> None:
    """Write one `BatchRow`, values in the order of `BATCH_COLUMNS`."""
    marks = ", ".join(_marks(len(row), bulk.dialect.paramstyle))
    columns = ", ".join(BATCH_COLUMNS)
    statement = f"INSERT INTO batch ({columns}) VALUES ({marks})"  # noqa: S608 - our own words
    bulk.exec_driver_sql(statement, tuple(row))


def insert_events(bulk: Bulk, batch_id: int, rows: list[EventValues]) -> int:
    """Write the rows in one statement; how many were new. An id that exists stays as it is.

    Straight to the driver: SQLAlchemy takes as long to look at 5,000 parameters as SQLite to
    store them. One statement, because the driver hands the interpreter back and forth at each,
    and a busy loop lets it wait.
    """
    cursor = bulk.connection.cursor()
    try:
        statement = _insert_events(len(rows), bulk.dialect.paramstyle)
        cursor.execute(statement, (batch_id, *chain.from_iterable(rows)))
        return cursor.rowcount
    finally:
        cursor.close()


def ids_of_other_batches(bulk: Bulk, ids: list[int], batch_id: int) -> set[int]:
    """Those of `ids` that another batch has brought."""
    query = select(EventRow.id).where(EventRow.id.in_(ids), EventRow.batch_id != batch_id)
    return set(bulk.scalars(query))


def insert_parked(bulk: Bulk, rows: Sequence[Mapping[str, object]]) -> None:
    """Store lines that could not be interpreted, by column."""
    bulk.execute(insert(ParkedRow), rows)


def insert_conflict(bulk: Bulk, row: Mapping[str, object]) -> bool:
    """Store a batch that contradicts what came first, by column; False if it is kept already."""
    keys = ("edge_number", "epoch", "first_seq", "head_hash")
    query = select(ConflictRow.id).where(*(getattr(ConflictRow, k) == row[k] for k in keys))
    if bulk.scalar(query) is not None:
        return False
    bulk.execute(insert(ConflictRow), [row])
    return True


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


async def get(session: Session, event_id: int) -> tuple[EventRow, BatchRow] | None:
    """One event and the batch that brought it."""
    query = (
        select(EventRow, BatchRow)
        .join(BatchRow, BatchRow.id == EventRow.batch_id)
        .where(EventRow.id == event_id)
    )
    found = (await session.execute(query)).one_or_none()
    return None if found is None else (found[0], found[1])


async def refused_passes(
    session: Session, pass_refs: Sequence[int], reason: int, from_id: int
) -> set[int]:
    """Those of the passes that were refused for this reason since the id."""
    query = select(EventRow.pass_ref).where(
        EventRow.reason == reason, EventRow.id >= from_id, EventRow.pass_ref.in_(pass_refs)
    )
    return {found for found in await session.scalars(query) if found is not None}


async def parked(session: Session, count: int) -> list[ParkedRow]:
    """The newest parked lines."""
    query = select(ParkedRow).order_by(ParkedRow.id.desc()).limit(count)
    return list((await session.scalars(query)).all())


async def count_events(session: Session, person: int, direction: int, kinds: Sequence[int]) -> int:
    """How many events of these kinds a person has in one direction."""
    query = select(func.count()).where(
        EventRow.person == person, EventRow.direction == direction, EventRow.kind.in_(kinds)
    )
    return (await session.scalar(query)) or 0


def _marks(count: int, paramstyle: str) -> list[str]:
    """Numbered placeholders as the driver has them: `?1` (SQLite) or `$1` (asyncpg)."""
    sign = "?" if paramstyle == "qmark" else "$"
    return [f"{sign}{i}" for i in range(1, count + 1)]


@cache
def _insert_events(count: int, paramstyle: str) -> str:
    # The batch is placeholder 1 in every row; the rows follow.
    width = len(EVENT_COLUMNS) - 1
    batch, *marks = _marks(1 + count * width, paramstyle)
    groups = (", ".join([batch, *marks[i : i + width]]) for i in range(0, len(marks), width))
    values, columns = ", ".join(f"({group})" for group in groups), ", ".join(EVENT_COLUMNS)
    if paramstyle == "qmark":
        # SQLite: with ON CONFLICT it would keep a copy of every page it touches, in case a row
        # fails; OR IGNORE says that none can.
        return f"INSERT OR IGNORE INTO event ({columns}) VALUES {values}"  # noqa: S608 - our own words
    return f"INSERT INTO event ({columns}) VALUES {values} ON CONFLICT DO NOTHING"  # noqa: S608 - our own words
