"""The journal: everything that happened at this gate, append-only, in one SQLite file.

An event is one row: its JSON line exactly as it will be sent, and the chain hash over it. One
INSERT is one transaction with one sync (WAL, `synchronous=FULL`); a trigger keeps the ledger of
passes (entries used, highest step) and the list of open grants in that same transaction.

Only the centre's own receipt moves the watermark, and only if its epoch, sequence and hash are
those of a row that stands here. Rows leave only when they are delivered and old enough.
"""

import asyncio
import secrets
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

import aiosqlite

from access_core.devices.events import Direction
from access_core.errors import AccessControlError, DeviceUnavailable, StoreDamaged, UntrustedMessage
from access_core.ids import PassId
from access_core.model.access_event import AccessEvent
from access_core.model.access_event import AccessEventKind as Kind
from access_core.wire import event_chain
from access_core.wire.messages import MAX_BATCH_BYTES, MAX_BATCH_EVENTS, Reader, Receipt, encode

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS about (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  epoch BLOB NOT NULL,
  delivered_seq INTEGER NOT NULL,
  trimmed_seq INTEGER NOT NULL,
  trimmed_hash BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS journal (
  seq INTEGER PRIMARY KEY,
  line BLOB NOT NULL,
  hash BLOB NOT NULL,
  kind TEXT NOT NULL,
  wall_ms INTEGER NOT NULL,
  decision_id TEXT,
  pass_id BLOB,
  direction TEXT,
  accepted_step INTEGER,
  entries INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS journal_fire ON journal (seq)
  WHERE kind IN ('fire_activated', 'fire_cleared', 'fire_reset');
CREATE TABLE IF NOT EXISTS pass_ledger (
  pass_id BLOB NOT NULL,
  direction TEXT NOT NULL,
  highest_step INTEGER,
  entries_taken INTEGER NOT NULL,
  PRIMARY KEY (pass_id, direction)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS open_grant (
  decision_id TEXT PRIMARY KEY,
  seq INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TRIGGER IF NOT EXISTS journal_ledger AFTER INSERT ON journal
WHEN NEW.pass_id IS NOT NULL AND (NEW.accepted_step IS NOT NULL OR NEW.entries > 0)
BEGIN
  INSERT INTO pass_ledger VALUES
    (NEW.pass_id, NEW.direction, NEW.accepted_step, NEW.entries)
  ON CONFLICT (pass_id, direction) DO UPDATE SET
    highest_step = max(ifnull(highest_step, -1), ifnull(NEW.accepted_step, -1)),
    entries_taken = entries_taken + NEW.entries;
END;
CREATE TRIGGER IF NOT EXISTS journal_granted AFTER INSERT ON journal
WHEN NEW.kind IN ('access_granted', 'exit_requested') AND NEW.decision_id IS NOT NULL
BEGIN
  INSERT OR IGNORE INTO open_grant VALUES (NEW.decision_id, NEW.seq);
END;
CREATE TRIGGER IF NOT EXISTS journal_outcome AFTER INSERT ON journal
WHEN NEW.kind NOT IN ('access_granted', 'exit_requested') AND NEW.decision_id IS NOT NULL
BEGIN
  DELETE FROM open_grant WHERE decision_id = NEW.decision_id;
END;
"""
_ROW: Final = "SELECT seq, CAST(line AS BLOB), CAST(hash AS BLOB) FROM journal"
"""Cast, so that a file changed by another hand gives wrong bytes and never another type."""
_INSERT: Final = "INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_USES_AN_ENTRY: Final = frozenset({Kind.ACCESS_TAKEN, Kind.ACCESS_OUTCOME_UNKNOWN})
_CHECKED_AT_START: Final = 200
"""Newest rows whose chain is checked when the file is opened; `export` checks all."""
_TRIM_ROWS: Final = 5_000
"""Rows removed in one transaction, so that a grant never waits long behind it."""
_DAY_MS: Final = 86_400_000
_EVENT: Final = Reader(AccessEvent)


class NotRecorded(AccessControlError):
    """The disk did not take a row: full, read-only or broken. The message says which."""


@dataclass(frozen=True, slots=True)
class Row:
    """One event in its place."""

    seq: int
    line: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class Head:
    """Where the chain ends."""

    seq: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class PendingBatch:
    """Consecutive rows that the centre has not confirmed, and the hash before the first."""

    epoch: bytes
    prev_hash: bytes
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """What this gate remembers of a pass in one direction."""

    entries_taken: int = 0
    highest_step: int | None = None


class Journal:
    """An open journal file. One process, one writer."""

    def __init__(
        self,
        db: aiosqlite.Connection,
        reading: aiosqlite.Connection,
        epoch: bytes,
        head: Head,
        delivered: int,
    ) -> None:
        """Use `open_journal`. `reading` answers even while `db` waits for the disk."""
        self._db = db
        self._reading = reading
        self._epoch = epoch
        self._head = head
        self._delivered = delivered
        self._writing = asyncio.Lock()

    @property
    def epoch(self) -> bytes:
        """16 random bytes made with the file."""
        return self._epoch

    @property
    def head(self) -> Head:
        """The newest row."""
        return self._head

    @property
    def delivered_seq(self) -> int:
        """Everything up to here is confirmed by a receipt of the centre."""
        return self._delivered

    async def append(self, event: AccessEvent) -> Row:
        """Write `event`; it is on the disk when this returns.

        Raises NotRecorded. Must not be cancelled while it runs: the row may or may not be there
        and the chain would not know.
        """
        async with self._writing:
            seq, line = self._head.seq + 1, encode(event)
            row = Row(seq, line, event_chain.link(self._epoch, seq, self._head.hash, line))
            try:
                await self._db.execute_insert(_INSERT, _columns(row, event))
            except sqlite3.Error as error:
                raise NotRecorded(f"journal: {error}") from error
            self._head = Head(row.seq, row.hash)
            return row

    async def ledger(self, pass_id: PassId, direction: Direction) -> LedgerEntry:
        """What the rows so far say of a pass in one direction. Raises StoreDamaged."""
        try:
            rows = list(
                await self._reading.execute_fetchall(
                    "SELECT entries_taken, highest_step FROM pass_ledger"
                    " WHERE pass_id = ? AND direction = ?",
                    (pass_id, direction.value),
                )
            )
        except sqlite3.Error as error:
            raise StoreDamaged(f"journal: {error}") from error
        if not rows:
            return LedgerEntry()
        entries, step = rows[0]
        return LedgerEntry(entries, step if step is not None and step >= 0 else None)

    async def pending(
        self,
        after_seq: int,
        *,
        max_events: int = MAX_BATCH_EVENTS,
        max_bytes: int = MAX_BATCH_BYTES,
    ) -> PendingBatch | None:
        """The oldest rows after `after_seq` that fit both limits; None if there are none.

        At least one row is given even if it alone is over `max_bytes`.
        """
        found = await self._rows(after_seq, max_events)
        rows: list[Row] = []
        size = 0
        for row in found:
            size += len(row.line) + 1
            if rows and size > max_bytes:
                break
            rows.append(row)
        if not rows:
            return None
        return PendingBatch(self._epoch, await self._hash_of(rows[0].seq - 1), tuple(rows))

    async def check_receipt(self, receipt: Receipt) -> None:
        """Raise UntrustedMessage unless epoch, sequence and hash are those of a row here."""
        if receipt.epoch != self._epoch:
            raise UntrustedMessage("receipt: for another epoch of this journal")
        if receipt.seq > self._head.seq:
            raise UntrustedMessage(
                f"receipt: confirms event {receipt.seq}, but the newest is {self._head.seq}"
            )
        if await self._hash_of(receipt.seq) != receipt.head_hash:
            raise UntrustedMessage(f"receipt: the hash of event {receipt.seq} is another one here")

    async def mark_delivered(self, receipt: Receipt) -> bool:
        """Move the watermark to a receipt of the centre; False if it is there already or beyond.

        Raises UntrustedMessage as `check_receipt` does.
        """
        await self.check_receipt(receipt)
        if receipt.seq <= self._delivered:
            return False
        await self._write("UPDATE about SET delivered_seq = ?", (receipt.seq,))
        self._delivered = receipt.seq
        return True

    async def trim(self, now_ms: int, keep_days: int) -> int:
        """Remove delivered rows older than `keep_days`; how many were removed."""
        rows = list(
            await self._reading.execute_fetchall(
                "SELECT ifnull(min(iif(wall_ms >= ?, seq, NULL)) - 1, max(seq)) FROM"
                " (SELECT seq, wall_ms FROM journal WHERE seq <= ? ORDER BY seq LIMIT ?)",
                (now_ms - keep_days * _DAY_MS, self._delivered, _TRIM_ROWS),
            )
        )
        last: int | None = rows[0][0]
        if last is None or not await self._rows(last - 1, 1):
            return 0
        before = await self._hash_of(last)
        async with self._writing:
            try:
                await self._db.execute("BEGIN IMMEDIATE")
                await self._db.execute(
                    "UPDATE about SET trimmed_seq = ?, trimmed_hash = ?", (last, before)
                )
                done = await self._db.execute("DELETE FROM journal WHERE seq <= ?", (last,))
                await self._db.commit()
            except sqlite3.Error as error:
                await self._db.rollback()
                raise NotRecorded(f"journal: {error}") from error
            return done.rowcount

    async def open_grants(self) -> list[AccessEvent]:
        """Grants that have no outcome yet, oldest first."""
        rows = await self._reading.execute_fetchall(
            "SELECT line FROM journal JOIN open_grant USING (seq) ORDER BY seq"
        )
        return [_EVENT.read(line) for (line,) in rows]

    async def is_fire_unreset(self) -> bool:
        """Whether the newest event of a fire is not its reset."""
        rows = list(
            await self._reading.execute_fetchall(
                "SELECT kind FROM journal WHERE kind IN ('fire_activated', 'fire_cleared',"
                " 'fire_reset') ORDER BY seq DESC LIMIT 1"
            )
        )
        return bool(rows) and rows[0][0] != Kind.FIRE_RESET

    async def rows_verified(
        self, page: int = 1_000, *, look_every_s: float | None = None
    ) -> AsyncIterator[Row]:
        """Every row from the oldest on; StoreDamaged at the first that breaks the chain.

        With `look_every_s` also those written later, without an end.
        """
        about = list(
            await self._reading.execute_fetchall("SELECT trimmed_seq, trimmed_hash FROM about")
        )
        seq, before = about[0]
        while (rows := await self._rows(seq, page)) or look_every_s is not None:
            for row in rows:
                before = _checked(self._epoch, row, seq, before)
                seq = row.seq
                yield row
            if not rows and look_every_s is not None:
                await asyncio.sleep(look_every_s)

    async def answers(self) -> bool:
        """Whether the writer is alive; waits for what is being written. Writes nothing."""
        await self._db.execute_fetchall("SELECT 1")
        return True

    async def close(self) -> None:
        """Finish what is being written and close the file."""
        async with self._writing:
            await self._reading.close()
            await self._db.close()

    async def _rows(self, after_seq: int, limit: int) -> list[Row]:
        found = await self._reading.execute_fetchall(
            f"{_ROW} WHERE seq > ? ORDER BY seq LIMIT ?",
            (after_seq, limit),
        )
        return [Row(*columns) for columns in found]

    async def _hash_of(self, seq: int) -> bytes:
        if seq == 0:
            return event_chain.GENESIS
        rows = list(
            await self._reading.execute_fetchall(
                "SELECT hash FROM journal WHERE seq = ? UNION ALL"
                " SELECT trimmed_hash FROM about WHERE trimmed_seq = ?",
                (seq, seq),
            )
        )
        if not rows:
            raise UntrustedMessage(f"journal: event {seq} is not kept any more")
        found: bytes = rows[0][0]
        return found

    async def _write(self, statement: str, values: tuple[object, ...]) -> None:
        async with self._writing:
            try:
                await self._db.execute(statement, values)
            except sqlite3.Error as error:
                raise NotRecorded(f"journal: {error}") from error


async def open_journal(path: Path) -> Journal:
    """The journal in `path`, made with a new epoch if there is none.

    Raises StoreDamaged if the file is not what was written, DeviceUnavailable if the disk does
    not let it be opened; nothing is changed then.
    """
    async with AsyncExitStack() as stack:
        try:
            db = await aiosqlite.connect(path, isolation_level=None)
            stack.push_async_callback(db.close)
            journal = await _open(db, path)
        except sqlite3.OperationalError as error:
            # Not the file but the way to it: locked, read-only, full, gone.
            raise DeviceUnavailable(f"{path}: {error}; check the disk") from error
        except sqlite3.DatabaseError as error:
            raise StoreDamaged(f"{path}: {error}") from error
        stack.pop_all()
        return journal


async def _open(db: aiosqlite.Connection, path: Path) -> Journal:
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "temp_store=MEMORY"):
        await db.execute(f"PRAGMA {pragma}")
    await db.executescript(_SCHEMA)
    await db.execute(
        "INSERT OR IGNORE INTO about VALUES (1, ?, 0, 0, ?)",
        (secrets.token_bytes(event_chain.EPOCH_BYTES), event_chain.GENESIS),
    )
    about = list(
        await db.execute_fetchall(
            "SELECT epoch, delivered_seq, trimmed_seq, trimmed_hash FROM about"
        )
    )
    epoch, delivered, trimmed_seq, trimmed_hash = about[0]
    newest = [
        Row(*columns)
        for columns in await db.execute_fetchall(
            f"{_ROW} ORDER BY seq DESC LIMIT ?",
            (_CHECKED_AT_START,),
        )
    ][::-1]
    for before, row in pairwise(newest):
        _checked(epoch, row, before.seq, before.hash)
    head = Head(newest[-1].seq, newest[-1].hash) if newest else Head(trimmed_seq, trimmed_hash)
    if not trimmed_seq <= delivered <= head.seq:
        raise StoreDamaged(f"journal: delivered up to {delivered}, but the newest is {head.seq}")
    reading = await aiosqlite.connect(path, isolation_level=None)
    return Journal(db, reading, epoch, head, delivered)


def set_aside(path: Path, now_ms: int) -> Path:
    """Move a damaged file and its companions out of the way, intact; the new name."""
    kept = path.with_name(f"{path.name}.damaged-{now_ms}")
    for suffix in ("-wal", "-shm", ""):
        old = path.with_name(path.name + suffix)
        if old.exists():
            old.rename(kept.with_name(kept.name + suffix))
    return kept


def _columns(row: Row, event: AccessEvent) -> tuple[object, ...]:
    is_clean_grant = event.kind is Kind.ACCESS_GRANTED and not event.notes
    return (
        row.seq,
        row.line,
        row.hash,
        event.kind.value,
        event.wall_ms,
        event.decision_id,
        event.pass_id,
        None if event.direction is None else event.direction.value,
        event.step if is_clean_grant else None,
        1 if event.kind in _USES_AN_ENTRY else 0,
    )


def _checked(epoch: bytes, row: Row, seq_before: int, hash_before: bytes) -> bytes:
    if row.seq != seq_before + 1:
        raise StoreDamaged(f"journal: event {seq_before + 1} is missing")
    if event_chain.link(epoch, row.seq, hash_before, row.line) != row.hash:
        raise StoreDamaged(f"journal: event {row.seq} is not what was written")
    return row.hash
