"""The schema comes up from nothing and agrees with the models."""

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text

from central_server.kit.database import Database
from central_server.migrations.migrate import is_migrated, migrate
from central_server.migrations.tables import METADATA


def differences(connection: Connection) -> list[object]:
    """What the migrations have not made of the models."""
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, METADATA))


async def test_models_and_migrations_agree(tmp_path: Path) -> None:
    """Up from an empty file nothing is missing and nothing is left over."""
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'x.sqlite3'}")
    assert not await is_migrated(database)
    await migrate(database)
    assert await is_migrated(database)
    async with database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []
        levels = await connection.scalars(text("SELECT access_level_id FROM access_level"))
        assert set(levels) == {"visitors", "members"}
    await database.close()


async def test_the_control_a_missing_table_is_found(tmp_path: Path) -> None:
    """The comparison above can see."""
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'x.sqlite3'}")
    await migrate(database)
    async with database.engine.begin() as connection:
        await connection.execute(text("DROP TABLE feed"))
        assert len(await connection.run_sync(differences)) == 1
    await database.close()
