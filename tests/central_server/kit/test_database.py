"""Transactions on a real SQLite file."""

import asyncio

import pytest
from sqlalchemy import text

from central_server.kit.centre import Centre
from central_server.kit.database import Bulk, signal_after_commit
from central_server.kit.feed import ChangeKind, head_revision, note_change


async def test_a_signal_follows_the_commit_and_only_the_commit(centre: Centre) -> None:
    """Whoever waits wakes after a commit and never for a transaction that failed."""
    database = centre.database

    async def fail() -> None:
        async with database.writing() as session:
            signal_after_commit(session, "news")
            raise LookupError

    with database.signals.watch("news") as event:
        with pytest.raises(LookupError):
            await fail()
        assert not event.is_set()
        async with database.writing() as session:
            signal_after_commit(session, "news")
            assert not event.is_set()
        assert event.is_set()


async def test_writers_queue_and_readers_do_not_wait(centre: Centre) -> None:
    """While one writer holds the lock, a reader sees the state before it."""
    async with centre.database.writing() as session:
        await note_change(session, ChangeKind.RULES)
        async with centre.database.reading() as other:
            assert await head_revision(other) == 0
    async with centre.database.reading() as session:
        assert await head_revision(session) == 1


async def test_many_writers_at_once_all_get_through(centre: Centre) -> None:
    """Concurrent writers are served one after the other and none is lost."""

    async def write() -> None:
        async with centre.database.writing() as session:
            await note_change(session, ChangeKind.RULES)

    async with asyncio.TaskGroup() as tasks:
        for _ in range(20):
            tasks.create_task(write())
    async with centre.database.reading() as session:
        assert await head_revision(session) == 20


async def test_bulk_work_is_one_transaction(centre: Centre) -> None:
    """Bulk work is durable when it returns and leaves nothing when it raises."""
    insert = "INSERT INTO feed (kind, key) VALUES ('rules', '')"

    def good(bulk: Bulk) -> int:
        return bulk.exec_driver_sql(insert).rowcount

    def bad(bulk: Bulk) -> int:
        bulk.exec_driver_sql(insert)
        raise LookupError

    assert await centre.database.bulk(good, "t") == 1
    with pytest.raises(LookupError):
        await centre.database.bulk(bad, "t")
    async with centre.database.reading() as session:
        assert await head_revision(session) == 1


async def test_a_broken_reference_is_refused(centre: Centre) -> None:
    """Foreign keys are enforced."""
    statement = "INSERT INTO gate VALUES (1, 'g', 'z', 'e', 'no-such-area', 'd')"
    with pytest.raises(Exception, match="FOREIGN KEY"):
        async with centre.database.writing() as session:
            await session.execute(text(statement))
