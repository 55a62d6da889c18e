"""A centre in memory of a test: a real SQLite file, the real application, a clock that stands."""

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import httpx2 as httpx
import pytest
import structlog
from fastapi import FastAPI

from access_core.clock import Instant
from central_server.bootstrap import create_app
from central_server.config import Settings, parse_settings
from central_server.kit.audit import By
from central_server.kit.centre import Centre
from central_server.kit.database import Database
from central_server.kit.log import configure_log
from central_server.kit.permissions import Role
from central_server.migrations.migrate import migrate
from central_server.sites import service as sites
from tests.central_server.an_edge import AnEdge
from tests.central_server.visitors import add_gate, session_of

SignIn: TypeAlias = Callable[..., Awaitable[httpx.AsyncClient]]
START_MS = 1_800_000_000_000
"""2027-01-15 08:00 UTC, 16:00 in Shanghai, a Friday."""
PUBLIC_URL = "http://127.0.0.1:8400"


class StandingClock:
    """Stands until it is moved."""

    def __init__(self) -> None:
        """At `START_MS`."""
        self._now = Instant(mono_ns=10**12, wall_ms=START_MS)

    def now(self) -> Instant:
        """The moment at which it stands."""
        return self._now

    def advance_ms(self, ms: int) -> None:
        """Move both clocks on."""
        self._now = self._now.plus_ms(ms)


@pytest.fixture(autouse=True)
def _log_as_in_production() -> Iterator[None]:
    """JSON lines on standard error, redacted."""
    configure_log()
    yield
    structlog.reset_defaults()


@pytest.fixture
def clock() -> StandingClock:
    """The centre's clock."""
    return StandingClock()


@pytest.fixture(scope="session")
async def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database with the schema, to be copied."""
    path = tmp_path_factory.mktemp("schema") / "central.sqlite3"
    database = Database(f"sqlite+aiosqlite:///{path}")
    await migrate(database)
    await database.close()
    return path


@pytest.fixture
def settings(tmp_path: Path, migrated_file: Path) -> Settings:
    """Settings with everything at its default, in a folder of the test's own."""
    shutil.copy(migrated_file, tmp_path / "central.sqlite3")
    return parse_settings({"state_dir": str(tmp_path)}, "test.toml")


@pytest.fixture
async def app(settings: Settings, clock: StandingClock) -> AsyncIterator[FastAPI]:
    """The application over that file."""
    made = create_app(settings, clock)
    yield made
    await made.state.centre.database.close()


@pytest.fixture
def centre(app: FastAPI) -> Centre:
    """What its requests may reach."""
    found = app.state.centre
    assert isinstance(found, Centre)
    return found


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A browser without JavaScript: keeps cookies, follows nothing by itself."""
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url=PUBLIC_URL) as made:
        yield made


@pytest.fixture
async def sign_in(app: FastAPI, centre: Centre) -> AsyncIterator[SignIn]:
    """Gives another browser in which a new operator of a role is signed in."""
    opened: list[httpx.AsyncClient] = []

    async def signed_in(role: Role, full_name: str = "Li Ming") -> httpx.AsyncClient:
        token = await session_of(centre, role, full_name)
        browser = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app),
            base_url=PUBLIC_URL,
            cookies={"session": token},
            headers={"accept-language": "en"},
        )
        opened.append(browser)
        return browser

    yield signed_in
    for browser in opened:
        await browser.aclose()


@pytest.fixture
async def north(client: httpx.AsyncClient, centre: Centre, clock: StandingClock) -> AnEdge:
    """An enrolled edge at the gate `north`."""
    await add_gate(centre)
    async with centre.database.writing() as session:
        code = await sites.make_enrol_code(session, "north", 15, By(now_ms=START_MS))
    made = AnEdge(client, clock)
    assert (await made.enrol(code)).status_code == 200
    return made
