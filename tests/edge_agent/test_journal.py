"""The journal: append-only, chained, delivered by receipt, trimmed last."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from access_core.devices.events import Direction
from access_core.errors import StoreDamaged, UntrustedMessage
from access_core.ids import AccessPointId, CommandId, PassId
from access_core.model.access_event import AccessEvent
from access_core.model.access_event import AccessEventKind as Kind
from access_core.wire.event_chain import GENESIS, link
from access_core.wire.messages import VERSION, Receipt
from edge_agent.journal import Journal, LedgerEntry, NotRecorded, open_journal, set_aside
from tests.builders import EDGE
from tests.facts import AT

PASS = PassId(b"pass-one")
DAY_MS = 86_400_000
IN, OUT = Direction.ENTRY, Direction.EXIT


def an_event(kind: Kind = Kind.DOOR_FORCED, **fields: object) -> AccessEvent:
    """Of this kind, at `AT` unless another time is given."""
    given = {"wall_ms": AT.wall_ms, "mono_ns": AT.mono_ns, "boot": "b", **fields}
    return AccessEvent(kind=kind, **given)  # type: ignore[arg-type]


def of_pass(kind: Kind, decision: str = "d1", **fields: object) -> AccessEvent:
    """About `PASS` at the entry."""
    given = {
        "decision_id": CommandId(decision),
        "pass_id": PASS,
        "direction": IN,
        "access_point_id": AccessPointId("north-1-in"),
        **fields,
    }
    return an_event(kind, **given)


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Journal]:
    """The journal of `folder`."""
    journal = await open_journal(folder / "journal.db")
    try:
        yield journal
    finally:
        await journal.close()


def a_receipt(journal: Journal, **changes: object) -> Receipt:
    """For everything that stands in `journal`."""
    given = {
        "version": VERSION,
        "edge_id": EDGE,
        "epoch": journal.epoch,
        "seq": journal.head.seq,
        "head_hash": journal.head.hash,
        "received_ms": AT.wall_ms,
        **changes,
    }
    return Receipt(**given)  # type: ignore[arg-type]


async def test_rows_are_numbered_from_one_and_chained(tmp_path: Path) -> None:
    """Each row's hash is over epoch, number, the hash before and the line as it stands."""
    async with opened(tmp_path) as journal:
        first = await journal.append(an_event())
        second = await journal.append(an_event(Kind.FREE_PASSAGE))
        assert (first.seq, second.seq) == (1, 2)
        assert first.hash == link(journal.epoch, 1, GENESIS, first.line)
        assert second.hash == link(journal.epoch, 2, first.hash, second.line)
        assert journal.head.seq == 2


async def test_a_journal_goes_on_where_it_ended(tmp_path: Path) -> None:
    """Opened again, epoch, head and watermark are what they were."""
    async with opened(tmp_path) as journal:
        for _ in range(3):
            await journal.append(an_event())
        await journal.mark_delivered(a_receipt(journal))
        before = (journal.epoch, journal.head, journal.delivered_seq)
        await journal.append(an_event())
    async with opened(tmp_path) as journal:
        assert journal.head.seq == 4
        assert journal.delivered_seq == 3
        assert journal.epoch == before[0]
        rows = [row async for row in journal.rows_verified(page=2)]
        assert [row.seq for row in rows] == [1, 2, 3, 4]


async def test_the_ledger_follows_the_events(tmp_path: Path) -> None:
    """Grants raise the step, passages and unknown outcomes use up entries, each in its way."""
    async with opened(tmp_path) as journal:
        assert await journal.ledger(PASS, IN) == LedgerEntry()
        await journal.append(of_pass(Kind.ACCESS_GRANTED, step=5))
        assert await journal.ledger(PASS, IN) == LedgerEntry(0, 5)
        await journal.append(of_pass(Kind.ACCESS_TAKEN, step=5))
        await journal.append(of_pass(Kind.ACCESS_GRANTED, "d2", step=4))
        await journal.append(of_pass(Kind.ACCESS_NOT_TAKEN, "d2", step=4))
        assert await journal.ledger(PASS, IN) == LedgerEntry(1, 5)
        await journal.append(of_pass(Kind.ACCESS_OUTCOME_UNKNOWN, "d3"))
        assert await journal.ledger(PASS, IN) == LedgerEntry(2, 5)
        assert await journal.ledger(PASS, OUT) == LedgerEntry()


async def test_a_noted_grant_and_a_denial_accept_no_step(tmp_path: Path) -> None:
    """A step enters the ledger only with a grant that had nothing against it."""
    async with opened(tmp_path) as journal:
        noted = of_pass(Kind.ACCESS_GRANTED, step=9, direction=OUT, notes=("PASS_STALE",))
        await journal.append(noted)
        await journal.append(of_pass(Kind.ACCESS_DENIED, step=9, reasons=("UNAUTHORIZED",)))
        assert await journal.ledger(PASS, OUT) == LedgerEntry()
        assert await journal.ledger(PASS, IN) == LedgerEntry()
        await journal.append(of_pass(Kind.ACCESS_TAKEN))
        assert await journal.ledger(PASS, IN) == LedgerEntry(1, None)


async def test_grants_without_an_outcome_are_known(tmp_path: Path) -> None:
    """A grant is open until an event with its decision says what became of it."""
    async with opened(tmp_path) as journal:
        await journal.append(of_pass(Kind.ACCESS_GRANTED, "d1", step=1))
        await journal.append(of_pass(Kind.ACCESS_TAKEN, "d1"))
        await journal.append(of_pass(Kind.ACCESS_GRANTED, "d2", step=2))
        await journal.append(of_pass(Kind.ACCESS_DENIED, "d3"))
    async with opened(tmp_path) as journal:
        assert [event.decision_id for event in await journal.open_grants()] == ["d2"]


async def test_a_fire_is_unreset_until_a_person_resets_it(tmp_path: Path) -> None:
    """The newest event of a fire decides."""
    async with opened(tmp_path) as journal:
        seen = [await journal.is_fire_unreset()]
        for kind in (Kind.FIRE_ACTIVATED, Kind.FIRE_CLEARED, Kind.FIRE_RESET):
            await journal.append(an_event(kind))
            seen.append(await journal.is_fire_unreset())
        assert seen == [False, True, True, False]


async def test_pending_rows_fit_both_limits(tmp_path: Path) -> None:
    """Oldest first, at most so many and so large, but always at least one."""
    async with opened(tmp_path) as journal:
        assert await journal.pending(0) is None
        for _ in range(5):
            await journal.append(an_event())
        size = len((await journal.append(an_event())).line)
        batch = await journal.pending(1, max_events=3)
        assert batch is not None
        assert [row.seq for row in batch.rows] == [2, 3, 4]
        first = await journal.pending(0, max_events=1)
        assert first is not None
        assert first.prev_hash == GENESIS
        assert batch.prev_hash == first.rows[0].hash
        small = await journal.pending(0, max_bytes=2 * (size + 1))
        assert small is not None
        assert len(small.rows) == 2
        least = await journal.pending(0, max_bytes=1)
        assert least is not None
        assert len(least.rows) == 1


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"epoch": bytes(16)}, "another epoch"),
        ({"seq": 4}, "the newest is 3"),
        ({"head_hash": bytes(32)}, "is another one here"),
        ({"seq": 2}, "is another one here"),
    ],
)
async def test_a_receipt_that_is_not_of_our_rows_moves_nothing(
    tmp_path: Path, changes: dict[str, object], problem: str
) -> None:
    """Epoch, number and hash must all be those of a row that stands here."""
    async with opened(tmp_path) as journal:
        for _ in range(3):
            await journal.append(an_event())
        with pytest.raises(UntrustedMessage, match=problem):
            await journal.mark_delivered(a_receipt(journal, **changes))
        assert journal.delivered_seq == 0


async def test_a_receipt_counts_once(tmp_path: Path) -> None:
    """The same receipt again moves nothing and is no fault."""
    async with opened(tmp_path) as journal:
        await journal.append(an_event())
        receipt = a_receipt(journal)
        assert await journal.mark_delivered(receipt)
        assert not await journal.mark_delivered(receipt)


async def test_only_what_is_delivered_and_old_enough_leaves(tmp_path: Path) -> None:
    """Trimming stops at the first row that is not delivered, or not old; the chain goes on."""
    now_ms = AT.wall_ms
    async with opened(tmp_path) as journal:
        for days in (10, 9, 8, 3, 9):
            await journal.append(an_event(wall_ms=now_ms - days * DAY_MS))
        assert await journal.trim(now_ms, keep_days=7) == 0
        await journal.mark_delivered(a_receipt(journal))
        await journal.append(an_event(wall_ms=now_ms - 20 * DAY_MS))
        assert await journal.trim(now_ms, keep_days=7) == 3
        assert await journal.trim(now_ms, keep_days=7) == 0
        assert [row.seq async for row in journal.rows_verified()] == [4, 5, 6]
        batch = await journal.pending(3)
        assert batch is not None
        assert batch.prev_hash != GENESIS
    async with opened(tmp_path) as journal:
        assert journal.head.seq == 6
        assert (await journal.append(an_event())).seq == 7


async def test_all_rows_may_leave(tmp_path: Path) -> None:
    """An empty journal still knows its number and its hash."""
    async with opened(tmp_path) as journal:
        await journal.append(an_event(wall_ms=1))
        await journal.mark_delivered(a_receipt(journal))
        assert await journal.trim(AT.wall_ms, keep_days=7) == 1
    async with opened(tmp_path) as journal:
        row = await journal.append(an_event())
        assert row.seq == 2
        assert [row.seq async for row in journal.rows_verified()] == [2]


def alter(folder: Path, statement: str) -> None:
    """Change the file behind the journal's back."""
    db = sqlite3.connect(folder / "journal.db")
    db.execute(statement)
    db.commit()
    db.close()


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("UPDATE journal SET line = replace(line, 'door_forced', 'free_passage') WHERE seq = 2",
         "event 2 is not what was written"),
        ("DELETE FROM journal WHERE seq = 2", "event 2 is missing"),
        ("UPDATE about SET delivered_seq = 9", "delivered up to 9"),
    ],
)  # fmt: skip
async def test_a_changed_file_is_not_opened(tmp_path: Path, statement: str, problem: str) -> None:
    """A row changed, removed or a watermark moved: StoreDamaged, and the file stays as it is."""
    async with opened(tmp_path) as journal:
        for _ in range(3):
            await journal.append(an_event())
    alter(tmp_path, statement)
    with pytest.raises(StoreDamaged, match=problem):
        await open_journal(tmp_path / "journal.db")


async def test_a_file_that_is_no_database_is_set_aside_whole(tmp_path: Path) -> None:
    """It is kept under a new name, byte for byte, and a fresh journal has a fresh epoch."""
    path = tmp_path / "journal.db"
    path.write_bytes(b"not a database " * 100)
    with pytest.raises(StoreDamaged):
        await open_journal(path)
    kept = set_aside(path, 17)
    assert kept.name == "journal.db.damaged-17"
    assert kept.read_bytes() == b"not a database " * 100
    async with opened(tmp_path) as journal:
        assert journal.head.seq == 0


async def test_a_disk_that_refuses_is_said_and_the_chain_stays_whole(tmp_path: Path) -> None:
    """NotRecorded names the problem; the next row takes the same number."""
    async with opened(tmp_path) as journal:
        await journal.append(an_event())
        await journal._db.execute("PRAGMA query_only = ON")
        with pytest.raises(NotRecorded, match="readonly"):
            await journal.append(an_event())
        with pytest.raises(NotRecorded):
            await journal.mark_delivered(a_receipt(journal))
        assert journal.delivered_seq == 0
        await journal._db.execute("PRAGMA query_only = OFF")
        assert (await journal.append(an_event())).seq == 2
        assert len([row async for row in journal.rows_verified()]) == 2
        assert await journal.answers()


async def test_a_broken_ledger_is_said(tmp_path: Path) -> None:
    """A table that cannot be read is StoreDamaged, not an empty history."""
    async with opened(tmp_path) as journal:
        alter(tmp_path, "DROP TABLE pass_ledger")
        with pytest.raises(StoreDamaged, match="pass_ledger"):
            await journal.ledger(PASS, IN)
