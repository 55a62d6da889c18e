"""Between the gate and its journal: in order, late if need be, never lost."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from access_core.clock import Instant
from access_core.ids import CommandId
from access_core.model.access_event import AccessEvent
from access_core.model.access_event import AccessEventKind as Kind
from edge_agent import recorder as recorder_module
from edge_agent.journal import Journal, Row, open_journal
from edge_agent.recorder import Recorder
from tests.facts import AT


@dataclass
class SetClock:
    """Shows the time it was set to."""

    at: Instant = AT

    def now(self) -> Instant:
        """The time it was set to."""
        return self.at


@dataclass
class Recording:
    """A recorder at work."""

    recorder: Recorder
    journal: Journal
    clock: SetClock
    told: list[AccessEvent] = field(default_factory=list)

    async def break_disk(self) -> None:
        """From now on the disk refuses."""
        await self.journal._db.execute("PRAGMA query_only = ON")

    async def mend_disk(self) -> None:
        """From now on the disk takes rows again."""
        await self.journal._db.execute("PRAGMA query_only = OFF")


@asynccontextmanager
async def recording(folder: Path) -> AsyncIterator[Recording]:
    """On a fresh journal."""
    journal, clock, told = await open_journal(folder / "journal.db"), SetClock(), []

    def heard(event: AccessEvent, _: Row) -> None:
        told.append(event)

    given = Recording(Recorder(journal, clock, heard), journal, clock, told)
    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        running = group.create_task(given.recorder.run())
        yield given
        running.cancel()
    await journal.close()


def a_grant(decision: str) -> AccessEvent:
    """Granted, as decision `decision`."""
    return AccessEvent(
        kind=Kind.ACCESS_GRANTED,
        wall_ms=1,
        mono_ns=1,
        boot="b",
        decision_id=CommandId(decision),
    )


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk is asked again at once."""
    monkeypatch.setattr(recorder_module, "RETRY_S", 0.001)


async def test_events_are_written_in_the_order_given(tmp_path: Path) -> None:
    """One writer; each answer is True once the event is on disk, and it is told then."""
    async with recording(tmp_path) as given:
        answers = [given.recorder.add(a_grant(str(n))) for n in range(5)]
        assert await asyncio.gather(*answers) == [True] * 5
        assert [e.decision_id for e in given.told] == ["0", "1", "2", "3", "4"]
        assert given.journal.head.seq == 5
        assert await given.recorder.flush(1)


async def test_what_the_disk_refuses_is_said_at_once_and_written_later(tmp_path: Path) -> None:
    """The first refusal answers False; the event stays first in the queue, marked as late."""
    async with recording(tmp_path) as given:
        await given.break_disk()
        first = given.recorder.add(a_grant("1"))
        second = given.recorder.add(a_grant("2"))
        assert await first is False
        assert "readonly" in given.recorder.problem
        assert not await given.recorder.flush(0.01)
        given.clock.at = AT.plus_ms(2_500)
        await given.mend_disk()
        assert await second is True
        assert [e.detail for e in given.told] == ["recorded 2.5 s late. "] * 2
        assert given.recorder.problem == ""


async def test_a_withdrawn_grant_is_not_written(tmp_path: Path) -> None:
    """If its turn has not come, it never does; what came after it is written."""
    async with recording(tmp_path) as given:
        await given.break_disk()
        given.recorder.add(a_grant("1"))
        withdrawn = given.recorder.add(a_grant("2"))
        given.recorder.add(a_grant("3"))
        given.recorder.withdraw(CommandId("2"))
        await given.mend_disk()
        await given.recorder.settled()
        assert await withdrawn is False
        assert [e.decision_id for e in given.told] == ["1", "3"]
