"""Group commit on a real SQLite file."""

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine

from central_server.kit.dialects import make_bulk_engine
from central_server.kit.group_commit import GroupCommit


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    """An engine on a file with one table."""
    made = make_bulk_engine(f"sqlite+aiosqlite:///{tmp_path / 'db.sqlite3'}")
    assert made is not None
    with made.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE note (word TEXT)")
    return made


def _note(word: str, seen: list[int] | None = None) -> Callable[[Connection], str]:
    def work(connection: Connection) -> str:
        connection.exec_driver_sql("INSERT INTO note VALUES (?)", (word,))
        if seen is not None:
            seen.append(id(connection))
        return word

    return work


def _fail(connection: Connection) -> None:
    connection.exec_driver_sql("INSERT INTO note VALUES ('of the failed')")
    raise LookupError


async def _noted(group: GroupCommit) -> list[str]:
    return await group.run(
        lambda c: [row[0] for row in c.exec_driver_sql("SELECT word FROM note ORDER BY rowid")]
    )


class _Held:
    """A first work that holds the thread, so that those behind it wait together."""

    def __init__(self) -> None:
        self.begun, self._go = threading.Event(), threading.Event()

    def work(self, _connection: Connection) -> None:
        self.begun.set()
        self._go.wait()

    async def then(
        self, group: GroupCommit, *works: Callable[[Connection], object]
    ) -> list[object]:
        """What became of `works`, which all came while this one was at work."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(group.run(self.work))
            await asyncio.to_thread(self.begun.wait)
            rest = [tasks.create_task(_outcome(group, work)) for work in works]
            await asyncio.sleep(0)
            self._go.set()
        return [task.result() for task in rest]


async def _outcome(group: GroupCommit, work: Callable[[Connection], object]) -> object:
    try:
        return await group.run(work)
    except LookupError as error:
        return error


async def test_those_who_wait_together_share_a_transaction(engine: Engine) -> None:
    """Works that came while one committed see one connection, in order, each with its result."""
    group, seen = GroupCommit(engine, asyncio.Lock()), list[int]()
    assert await _Held().then(group, _note("a", seen), _note("b", seen)) == ["a", "b"]
    assert len(seen) == 2
    assert len(set(seen)) == 1
    assert await _noted(group) == ["a", "b"]
    await group.close()


async def test_an_error_concerns_only_its_own_work(engine: Engine) -> None:
    """Of a group, what raises is undone and raised; the others are written all the same."""
    group = GroupCommit(engine, asyncio.Lock())
    first, failed, last = await _Held().then(group, _note("a"), _fail, _note("b"))
    assert (first, last) == ("a", "b")
    assert isinstance(failed, LookupError)
    assert await _noted(group) == ["a", "b"]
    await group.close()


async def test_whoever_stops_waiting_stops_nothing(engine: Engine) -> None:
    """A work whose caller was cancelled is written, and the next one too."""
    group, held = GroupCommit(engine, asyncio.Lock()), _Held()
    async with asyncio.TaskGroup() as tasks:
        impatient = tasks.create_task(group.run(_note("impatient")))
        await asyncio.sleep(0)
        impatient.cancel()
    await held.then(group, _note("patient"))
    assert await _noted(group) == ["impatient", "patient"]
    await group.close()


async def test_the_writer_lock_is_held_while_a_transaction_is_open(engine: Engine) -> None:
    """Nobody else of this process writes meanwhile, and others get their turn."""
    lock = asyncio.Lock()
    group = GroupCommit(engine, lock)
    assert await group.run(lambda _connection: lock.locked())
    await group.close()
    assert not lock.locked()


async def test_closing_finishes_what_was_asked_for(engine: Engine) -> None:
    """`close` returns after the last commit."""
    group = GroupCommit(engine, asyncio.Lock())
    async with asyncio.TaskGroup() as tasks:
        asked = tasks.create_task(group.run(_note("last")))
        await asyncio.sleep(0)
        await group.close()
    assert asked.result() == "last"
