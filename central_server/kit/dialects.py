"""What differs between SQLite and PostgreSQL, and nothing else.

SQLite's settings: WAL and FULL, because an edge forgets a batch once it has our receipt, so a
committed batch must survive a power cut; a rare checkpoint, because 500 random people touch some
500 index pages and the default of 1,000 pages would checkpoint at each second batch (measured
2026-11, research central-stack 3.3).
"""

from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, StaticPool

_SQLITE_PRAGMAS: Final = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA wal_autocheckpoint=16384",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=5000",
    "PRAGMA cache_size=-65536",
)


def make_engine(url: str) -> AsyncEngine:
    """An engine for `url` with this project's settings; nothing is opened yet."""
    if not url.startswith("sqlite"):
        return create_async_engine(url, pool_pre_ping=True)
    engine = create_async_engine(url, pool_size=8, max_overflow=0)
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def make_bulk_engine(url: str) -> Engine | None:
    """For SQLite, a second engine to be used from a thread; None where none is needed.

    The asynchronous driver hands every call to a thread and back, some fifteen times a
    transaction; a whole transaction in one turn keeps 1.0 of the bare driver (research 3.1).
    """
    if not url.startswith("sqlite"):
        return None
    engine = create_engine(
        url.replace("sqlite+aiosqlite", "sqlite"),
        poolclass=StaticPool,
        connect_args={"check_same_thread": False},  # one turn at a time, but any thread's
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine.execution_options(is_writer=True)


def _prepare_sqlite(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    # The driver's own BEGIN is deferred and comes late; ours is sent by _begin_sqlite.
    raw: Any = connection
    raw.isolation_level = None
    cursor = connection.cursor()
    for pragma in _SQLITE_PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    is_writer = connection.get_execution_options().get("is_writer", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writer else "BEGIN")
