"""The edge's journal as it is followed."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from access_core.ids import CommandId
from access_core.model.access_event import AccessEvent, AccessEventKind
from access_core.wire.messages import encode
from simulators.journal_feed import JournalFeed, JournalLine, NoAnswer
from simulators.processes import Program


def line(
    kind: AccessEventKind, seq: int = 1, *, decision: str = "d1", reasons: tuple[str, ...] = ()
) -> JournalLine:
    """One event as the edge writes it."""
    event = AccessEvent(
        kind=kind,
        wall_ms=seq * 1000,
        mono_ns=0,
        boot="b",
        decision_id=CommandId(decision),
        reasons=reasons,
    )
    return JournalLine("aa", seq, event)


async def test_the_answer_is_the_next_decision() -> None:
    """Older decisions and other events are not taken for it."""
    feed = JournalFeed()
    feed.take(line(AccessEventKind.ACCESS_GRANTED))
    async with feed.answer(1.0) as answered:
        feed.take(line(AccessEventKind.DEVICE_LOST, 2))
        feed.take(line(AccessEventKind.ACCESS_DENIED, 3, reasons=("PASS_STALE", "UNAUTHORIZED")))
        feed.take(line(AccessEventKind.ACCESS_GRANTED, 4))
        answer = await answered
    assert (answer.kind, answer.reason) == (AccessEventKind.ACCESS_DENIED, "PASS_STALE")


async def test_silence_is_said() -> None:
    """An edge that does not answer is a problem, not a hang."""
    feed = JournalFeed()
    with pytest.raises(NoAnswer, match="did not answer"):
        async with feed.answer(0.01) as answered:
            await answered
    with pytest.raises(NoAnswer, match="fire_reset"):
        async with feed.seen(AccessEventKind.FIRE_RESET, 0.01):
            pass


async def test_an_outcome_belongs_to_its_grant() -> None:
    """Found whether it was written before or comes later; another grant's does not do."""
    feed = JournalFeed()
    async with feed.answer(1.0) as answered:
        feed.take(line(AccessEventKind.ACCESS_GRANTED, decision="d2"))
        answer = await answered
    feed.take(line(AccessEventKind.ACCESS_TAKEN, decision="d1"))
    with pytest.raises(NoAnswer):
        await feed.outcome(answer, 0.01)
    feed.take(line(AccessEventKind.ACCESS_NOT_TAKEN, 3, decision="d2"))
    found = await feed.outcome(answer, 0.01)
    assert found.event.kind is AccessEventKind.ACCESS_NOT_TAKEN


async def test_an_event_is_seen_from_entering_on() -> None:
    """Leaving waits for it."""
    feed = JournalFeed()
    async with feed.seen(AccessEventKind.FIRE_RESET, 1.0):
        asyncio.get_running_loop().call_soon(feed.take, line(AccessEventKind.FIRE_RESET))
    assert len(feed.lines) == 1


async def test_lines_of_the_export_are_read(tmp_path: Path) -> None:
    """The head names the epoch, every other line one event."""
    event = encode(line(AccessEventKind.EDGE_STARTED).event).decode()
    export = f'{{"epoch":"aa"}}\n{{"seq":7,"hash":"00","event":{event}}}\n'
    command = [sys.executable, "-c", f"print({export!r}, end='')"]
    feed = JournalFeed()
    await feed.follow(Program("export", command, tmp_path / "log", dict(os.environ)))
    assert feed.lines == [JournalLine("aa", 7, line(AccessEventKind.EDGE_STARTED).event)]
