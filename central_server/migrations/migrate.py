"""Bring the schema up to this program's version."""

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from central_server.kit.database import Database

FOLDER: Final = Path(__file__).parent


async def migrate(database: Database) -> None:
    """Run what is missing; nothing if the schema is up to date."""
    async with database.engine.begin() as connection:
        await connection.run_sync(_upgrade)


async def is_migrated(database: Database) -> bool:
    """Whether the schema is at this program's version."""
    async with database.engine.connect() as connection:
        current = await connection.run_sync(_current)
    return current == ScriptDirectory.from_config(config()).get_current_head()


def config() -> Config:
    """Alembic's settings; no file has a say."""
    made = Config()
    made.set_main_option("script_location", str(FOLDER))
    made.set_main_option("path_separator", "os")
    return made


def _upgrade(connection: Connection) -> None:
    made = config()
    made.attributes["connection"] = connection
    command.upgrade(made, "head")


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()
