"""The centre's commands: serve, migrate, create-operator, enrol-edge."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import structlog
import typer
import uvicorn

from access_core.errors import AccessControlError
from central_server.bootstrap import create_app
from central_server.config import Settings, load_settings
from central_server.kit.audit import By
from central_server.kit.clock import SystemClock
from central_server.kit.database import Database
from central_server.kit.log import configure_log
from central_server.kit.permissions import Role
from central_server.migrations.migrate import is_migrated, migrate
from central_server.operators import service as operators
from central_server.operators.schemas import NewOperatorForm

app = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__)
SettingsFile = Annotated[
    Path, typer.Option("--settings", "-s", help="The settings file (TOML).", show_default=False)
]


@app.command()
def serve(settings_file: SettingsFile) -> None:
    """Serve pages and edges until stopped."""
    settings = load_settings(settings_file)
    configure_log()
    asyncio.run(_prepare(settings))
    uvicorn.run(
        create_app(settings, SystemClock()),
        host=settings.server.host,
        port=settings.server.port,
        access_log=False,
        log_level="warning",
        proxy_headers=bool(settings.server.trusted_proxies),
        forwarded_allow_ips=list(settings.server.trusted_proxies),
        server_header=False,
        timeout_graceful_shutdown=3,
    )


@app.command(name="migrate")
def migrate_command(settings_file: SettingsFile) -> None:
    """Bring the database's schema up to this version."""
    asyncio.run(_migrate(load_settings(settings_file)))
    print("The schema is up to date.")


@app.command()
def create_operator(
    settings_file: SettingsFile,
    login_name: Annotated[str, typer.Option(help="For signing in.")],
    full_name: Annotated[str, typer.Option(help="As colleagues and visitors write it.")],
    role: Annotated[list[Role], typer.Option(help="May be given several times.")],
    department: Annotated[str, typer.Option(help="Where they work.")] = "",
) -> None:
    """Add an operator and print the one-time link with which they set a password."""
    form = NewOperatorForm(
        login_name=login_name, full_name=full_name, department=department, roles=tuple(role)
    )
    print(asyncio.run(_create_operator(load_settings(settings_file), form)))


async def _create_operator(settings: Settings, form: NewOperatorForm) -> str:
    await _migrate(settings)
    database = Database(settings.database_url)
    by = By(now_ms=SystemClock().now().wall_ms, source="command line")
    try:
        async with database.writing() as session:
            row = await operators.add_operator(session, form, by)
            token = await operators.make_link(session, row.id, settings.sessions.link_h, by)
    finally:
        await database.close()
    return f"{settings.server.public_url}/link/{token}"


async def _prepare(settings: Settings) -> None:
    """Migrate an embedded database, and print the first administrator's link if there is none."""
    await _migrate(settings)
    database = Database(settings.database_url)
    now_ms = SystemClock().now().wall_ms
    try:
        async with database.writing() as session:
            token = await operators.make_first_link(session, now_ms, settings.sessions.link_h)
    finally:
        await database.close()
    url = settings.server.public_url
    print(f"Central server at {url}", flush=True)
    if token is not None:
        print(f"No operator yet. Make the first administrator: {url}/link/{token}", flush=True)


async def _migrate(settings: Settings) -> None:
    settings.state_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    database = Database(settings.database_url)
    try:
        if not await is_migrated(database):
            await migrate(database)
            structlog.get_logger().info("schema migrated")
    finally:
        await database.close()


def main() -> None:
    """Run a command; a person's mistake is one line on standard error, not a traceback."""
    try:
        app()
    except AccessControlError as error:
        print(f"central-server: {error}", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
