"""The database: one engine, transactions, and the parent of all tables.

A request is one transaction. `reading()` sees one consistent state and writes nothing; `writing()`
takes the write lock at once (SQLite has one writer), commits when the block ends well, and only
then sends what was asked for with `signal_after_commit` (waking long polls and live pages).
What differs between SQLite and PostgreSQL stands in `kit/dialects.py`.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final, TypeAlias, TypeVar

from sqlalchemy import Connection, MetaData
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker
from sqlalchemy.orm import DeclarativeBase

from central_server.kit.dialects import make_bulk_engine, make_engine
from central_server.kit.group_commit import GroupCommit
from central_server.kit.signals import Signals

Session: TypeAlias = AsyncSession
"""What services are handed; only repositories speak SQL through it."""

Bulk: TypeAlias = Connection
"""What `Database.bulk` hands to repositories in place of a session."""

_T = TypeVar("_T")
_TOPICS: Final = "signals"


class Table(DeclarativeBase):
    """Parent of all tables. Constraints are named by rule, so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Database:
    """An engine, its transactions, and the signals that follow a commit."""

    def __init__(self, url: str) -> None:
        """`url` as SQLAlchemy has it; nothing is opened yet."""
        self.signals = Signals()
        self.engine: AsyncEngine = make_engine(url)
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False)
        self._writer = asyncio.Lock()
        bulk_engine = make_bulk_engine(url)
        self._group = None if bulk_engine is None else GroupCommit(bulk_engine, self._writer)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Session]:
        """A session on one consistent state, rolled back at the end."""
        async with self._sessions() as session:
            yield session

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Session]:
        """A session that commits at the end, or rolls back if the block raises.

        Writers of this process queue here rather than in the database, where they would poll.
        Never open one inside another.
        """
        async with self._writer, self._sessions() as session:
            await session.connection(execution_options={"is_writer": True})
            yield session
            await session.commit()
            topics: set[str] = session.info.pop(_TOPICS, set())
        for topic in topics:
            self.signals.send(topic)

    async def bulk(self, work: Callable[[Bulk], _T], topic: str) -> _T:
        """The result of `work`, run in a writing transaction that is durable on return.

        `work` gets a connection without the ORM, awaits nothing, and changes nothing but the
        database. On SQLite it runs in a thread, and works that wait together share a transaction
        (`kit/group_commit.py`). `topic` is signalled after the commit.
        """
        if self._group is None:
            async with self._writer, self.engine.begin() as connection:
                result = await connection.run_sync(work)
        else:
            result = await self._group.run(work)
        self.signals.send(topic)
        return result

    async def close(self) -> None:
        """Finish what was asked for and close every connection."""
        if self._group is not None:
            await self._group.close()
        await self.engine.dispose()


def signal_after_commit(session: Session, topic: str) -> None:
    """Send `topic` once the transaction of `session` is durable; never if it is not."""
    session.info.setdefault(_TOPICS, set()).add(topic)
