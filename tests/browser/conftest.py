"""The real application behind a real port, and a real browser in front of it.

The centre's clock stands until a test moves it; a page's clock is moved with Playwright's.
"""

import asyncio
import shutil
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from central_server.bootstrap import create_app
from central_server.config import parse_settings
from central_server.kit.centre import Centre
from central_server.kit.database import Database
from central_server.kit.permissions import Role
from central_server.kit.serving import Server
from central_server.migrations.migrate import migrate
from simulators.browser import CHROMIUM, FLAGS
from tests.central_server.conftest import StandingClock
from tests.central_server.visitors import add_gate, session_of

START_LIMIT_S = 20.0
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 800}
AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
_T = TypeVar("_T")


@dataclass(slots=True)
class Site:
    """A centre that answers on loopback."""

    address: str
    clock: StandingClock
    centre: Centre
    loop: asyncio.AbstractEventLoop
    host_token: str = ""
    """The session of Li Ming, whom visitors ask for."""

    def run(self, work: Awaitable[_T]) -> _T:
        """Do `work` on the centre's own loop, and wait for it."""

        async def whole() -> _T:
            return await work

        return asyncio.run_coroutine_threadsafe(whole(), self.loop).result(START_LIMIT_S)

    def sign_in(self, context: BrowserContext, token: str) -> None:
        """Let this browser context have a session."""
        context.add_cookies([{"name": "session", "value": token, "url": self.address}])


@dataclass(slots=True)
class Watch:
    """What a page did that it should not."""

    origin: str
    problems: list[str] = field(default_factory=list[str])

    def over(self, page: Page) -> Page:
        """Note errors on the console and requests to other origins."""
        page.on("console", lambda said: self._said(said.type, said.text))
        page.on("pageerror", lambda error: self.problems.append(f"error: {error}"))
        page.on("request", lambda request: self._asked(request.url))
        return page

    def _said(self, kind: str, words: str) -> None:
        # A refused connection is what the tests without a network are about.
        if kind == "error" and "ERR_INTERNET_DISCONNECTED" not in words:
            self.problems.append(f"console: {words}")

    def _asked(self, url: str) -> None:
        if not url.startswith((self.origin, "data:", "blob:")):
            self.problems.append(f"off-origin: {url}")


@pytest.fixture(scope="session")
def schema_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database with the schema, to be copied."""
    path = tmp_path_factory.mktemp("browser-schema") / "central.sqlite3"

    async def make() -> None:
        database = Database(f"sqlite+aiosqlite:///{path}")
        await migrate(database)
        await database.close()

    asyncio.run(make())
    return path


@pytest.fixture
def site(tmp_path: Path, schema_file: Path) -> Iterator[Site]:
    """A centre with one gate, on a free port, ended after the test."""
    shutil.copy(schema_file, tmp_path / "central.sqlite3")
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        address = f"http://127.0.0.1:{port}"
        raw: dict[str, object] = {
            "state_dir": str(tmp_path),
            "server": {"port": port, "public_url": address},
            "limits": {"booking_per_min": 1000},
        }
        clock = StandingClock()
        app = create_app(parse_settings(raw, "test.toml"), clock)
        config = uvicorn.Config(app, log_level="critical", timeout_graceful_shutdown=1)
        server = Server(config, app.state.centre.database.signals)
        loops: list[asyncio.AbstractEventLoop] = []
        is_up = threading.Event()

        async def serve() -> None:
            loops.append(asyncio.get_running_loop())
            is_up.set()
            await server.serve(sockets=[listener])

        thread = threading.Thread(target=asyncio.run, args=(serve(),))
        thread.start()
        assert is_up.wait(START_LIMIT_S)
        made = Site(address, clock, app.state.centre, loops[0])
        made.run(add_gate(made.centre))
        made.host_token = made.run(session_of(made.centre, Role.HOST))
        yield made
        server.should_exit = True
        thread.join(START_LIMIT_S)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One headless browser for the tests of a module; each has contexts of its own.

    Not for the session: Playwright's own loop lasts as long as this, and no asynchronous test can
    run beside it.
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def watch(site: Site) -> Watch:
    """Watches pages; the test ends with `assert watch.problems == []`."""
    return Watch(site.address)


@pytest.fixture
def new_context(chromium: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Opens browser contexts, phone-sized and English unless told otherwise."""
    opened: list[BrowserContext] = []

    def make(*, locale: str = "en-GB", **options: object) -> BrowserContext:
        given = {"viewport": PHONE, "locale": locale, "timezone_id": "Asia/Shanghai"} | options
        context = chromium.new_context(**given)  # type: ignore[arg-type]  # options of the library
        opened.append(context)
        return context

    yield make
    for context in opened:
        context.close()
