"""The centre's commands: serve, migrate, create-operator, add-gate, enrol-edge."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, TypeAlias, TypeVar

import structlog
import typer
from pydantic import ValidationError

from access_core.errors import AccessControlError
from central_server.bootstrap import create_app
from central_server.config import Settings, load_settings
from central_server.kit.audit import By
from central_server.kit.clock import SystemClock
from central_server.kit.database import Database, Session
from central_server.kit.forms import FormModel
from central_server.kit.log import configure_log
from central_server.kit.permissions import Role
from central_server.kit.serving import make_server
from central_server.migrations.migrate import is_migrated, migrate
from central_server.operators import service as operators
from central_server.operators.schemas import NewOperatorForm
from central_server.sites import service as sites
from central_server.sites.schemas import DEFAULT_AREA, NewGateForm

_T = TypeVar("_T")
_Form = TypeVar("_Form", bound=FormModel)
_Deed: TypeAlias = Callable[[Session, By], Awaitable[_T]]
app = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__)
SettingsFile = Annotated[
    Path, typer.Option("--settings", "-s", help="The settings file (TOML).", show_default=False)
]


@app.command()
def serve(settings_file: SettingsFile) -> None:
    """Serve pages and edges until stopped."""
    settings = load_settings(settings_file)
    asyncio.run(_prepare(settings))
    # The database's thread needs the interpreter a few times a batch, and for microseconds; by
    # default it would wait up to 5 ms for the loop each time.
    sys.setswitchinterval(0.0005)
    application = create_app(settings, SystemClock())
    make_server(application, settings.server, application.state.centre.database.signals).run()


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
    settings = load_settings(settings_file)
    form = _form(
        NewOperatorForm,
        login_name=login_name,
        full_name=full_name,
        department=department,
        roles=tuple(role),
    )
    deed = _make_operator(form, settings.sessions.link_h)
    token = asyncio.run(_in_transaction(settings, deed))
    print(f"{settings.server.public_url}/link/{token}")


@app.command()
def add_gate(
    settings_file: SettingsFile,
    gate: Annotated[str, typer.Option(help="Identifier, e.g. north-1.")],
    name_zh: Annotated[str, typer.Option(help="Name in Chinese.")],
    name_en: Annotated[str, typer.Option(help="Name in English.")],
    area: Annotated[str, typer.Option(help="The area behind it.")] = DEFAULT_AREA,
) -> None:
    """Add a gate with its door, a way in and a way out."""
    form = _form(NewGateForm, gate_id=gate, name_zh=name_zh, name_en=name_en, area_id=area)
    asyncio.run(_in_transaction(load_settings(settings_file), _add_gate(form)))
    print(f"Gate {gate}: access points {gate}-in and {gate}-out. Next: enrol-edge --gate {gate}")


@app.command()
def enrol_edge(
    settings_file: SettingsFile,
    gate: Annotated[str, typer.Option(help="The gate at which the edge stands.")],
) -> None:
    """Print a code that enrols the edge at a gate: once, and for the minutes in the settings."""
    settings = load_settings(settings_file)
    minutes = settings.edges.enrol_code_min
    print(asyncio.run(_in_transaction(settings, _make_enrol_code(gate, minutes))))


def _add_gate(form: NewGateForm) -> _Deed[None]:
    return lambda session, by: sites.add_gate(session, form, by)


def _make_enrol_code(gate: str, minutes: int) -> _Deed[str]:
    return lambda session, by: sites.make_enrol_code(session, gate, minutes, by)


def _make_operator(form: NewOperatorForm, link_h: int) -> _Deed[str]:
    async def deed(session: Session, by: By) -> str:
        row = await operators.add_operator(session, form, by)
        return await operators.make_link(session, row.id, link_h, by)

    return deed


async def _in_transaction(settings: Settings, deed: _Deed[_T]) -> _T:
    """The result of `deed` on a migrated database, in one transaction."""
    await _migrate(settings)
    database = Database(settings.database_url)
    by = By(now_ms=SystemClock().now().wall_ms, source="command line")
    try:
        async with database.writing() as session:
            return await deed(session, by)
    finally:
        await database.close()


def _form(model: type[_Form], **values: object) -> _Form:
    """A form from the command line; a person's mistake names the option."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        option = "--" + str(first["loc"][0]).replace("_id", "").replace("_", "-")
        raise typer.BadParameter(f"{option}: {first['msg']}") from error


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
        print(f"No administrator yet. Make the first administrator: {url}/link/{token}", flush=True)


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
    configure_log()
    try:
        app()
    except AccessControlError as error:
        print(f"central-server: {error}", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
