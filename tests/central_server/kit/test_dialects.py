"""SQLite is opened as the access log needs it."""

from sqlalchemy import text

from central_server.kit.centre import Centre
from central_server.kit.database import Bulk
from central_server.kit.dialects import make_bulk_engine

WANTED = {
    "journal_mode": "wal",
    "synchronous": 2,
    "wal_autocheckpoint": 16384,
    "foreign_keys": 1,
    "busy_timeout": 5000,
}


async def test_every_connection_has_the_pragmas(centre: Centre) -> None:
    """A committed batch survives a power cut: WAL with synchronous=FULL, on every connection."""
    async with centre.database.reading() as session:
        found = {name: (await session.execute(text(f"PRAGMA {name}"))).scalar() for name in WANTED}
    assert found == WANTED

    def ask(bulk: Bulk) -> dict[str, object]:
        return {name: bulk.exec_driver_sql(f"PRAGMA {name}").scalar() for name in WANTED}

    assert await centre.database.bulk(ask, "t") == WANTED


def test_another_database_needs_no_second_engine() -> None:
    """Bulk work on PostgreSQL goes through the one asynchronous engine."""
    assert make_bulk_engine("postgresql+asyncpg://localhost/x") is None
