"""The schema comes up from nothing and agrees with the models."""

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text

from central_server.kit.database import Database
from central_server.migrations.migrate import config, is_migrated, migrate
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


def to_0003(connection: Connection) -> None:
    """The schema as it was before cards, with people and an alarm."""
    made = config()
    made.attributes["connection"] = connection
    command.upgrade(made, "0003")
    for kind in ("staff", "visitor"):
        connection.execute(
            text(
                "INSERT INTO holder (kind, full_name, department, is_blocked, block_reason, "
                "created_ms) VALUES (:kind, 'x', '', false, '', 1)"
            ),
            {"kind": kind},
        )
    values = "VALUES ('journal_conflict', 1, 7, 'x')"
    connection.execute(text(f"INSERT INTO alarm (kind, edge_number, at_ms, detail) {values}"))


async def test_people_and_alarms_of_before_get_what_is_new(tmp_path: Path) -> None:
    """Members of the campus their level, others none; an old alarm is open."""
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'x.sqlite3'}")
    async with database.engine.begin() as connection:
        await connection.run_sync(to_0003)
    await migrate(database)
    async with database.engine.connect() as connection:
        levels = await connection.execute(text("SELECT kind, access_levels FROM holder"))
        assert [tuple(row) for row in levels] == [("staff", '["members"]'), ("visitor", "[]")]
        alarms = await connection.execute(text("SELECT last_ms, count, cleared_ms FROM alarm"))
        assert [tuple(row) for row in alarms] == [(7, 1, None)]
    await database.close()
