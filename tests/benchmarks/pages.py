"""Pages in a real browser: weight, origin, policy, accessibility, widths and languages."""

import asyncio
import re
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from simulators import run_folder
from simulators.browser import CHROMIUM, FLAGS
from simulators.desk import Account, Desk
from simulators.patience import until
from simulators.processes import start
from simulators.run_folder import MAIN_GATE, RunFolder
from tests.benchmarks.decision import BUILD
from tests.benchmarks.figure import Figure, at_least, at_most
from tests.browser.conftest import AXE

_RULES: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_WIDTHS: Final = (390, 1280)
_LANGUAGES: Final = ("zh-CN", "en-GB")
_PUBLIC: Final = ("/visit", "/sign-in")
_CONSOLE: Final = {
    "administrator": (
        "/gates",
        "/gates/new",
        f"/gates/{MAIN_GATE}",
        "/holders",
        "/holders/new",
        "/access-levels",
        "/access-levels/new",
        "/schedules/new",
        "/operators",
        "/account",
    ),
    "security": ("/desk", "/log", "/log/troubles"),
    "host": ("/my-visits", "/account"),
}
"""Role -> pages that an operator of this role opens."""
_KB: Final = 1000


@dataclass(slots=True)
class _Seen:
    """What the browser noticed over all pages."""

    first_page_kb: float = 0.0
    rendered: int = 0
    asked_for: int = 0
    axe: list[str] = field(default_factory=list[str])
    errors: list[str] = field(default_factory=list[str])
    foreign: list[str] = field(default_factory=list[str])


def in_a_browser() -> Iterator[Figure]:
    """Every page that can be opened by its address, and a visit from booking to pass."""
    seen = asyncio.run(_look())
    yield Figure(
        id="gate.page.first_size",
        what="the visitor's first page with everything it loads, as transferred",
        value=seen.first_page_kb,
        unit="kB",
        target=at_most(60),
    )
    yield Figure(
        id="gate.page.rendered",
        what="pages in their language without sideways scrolling, 390 and 1280 px, zh and en",
        value=seen.rendered,
        unit="pages",
        target=at_least(seen.asked_for),
    )
    yield _none_of("gate.page.foreign", "requests to another origin", seen.foreign)
    yield _none_of("gate.page.errors", "errors on the console, of the policy too", seen.errors)
    yield _none_of("gate.page.axe", "axe violations, WCAG 2.2 AA and best practice", seen.axe)


def _none_of(id_: str, what: str, found: list[str]) -> Figure:
    note = "; ".join(sorted(set(found))[:3])[:200]
    return Figure(id=id_, what=what, value=len(found), unit="found", target=at_most(0), note=note)


async def _look() -> _Seen:
    seen = _Seen()
    async with _centre() as (folder, desk), async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        seen.first_page_kb = await _weight(browser, f"{folder.origin}/visit")
        for language in _LANGUAGES:
            for width in _WIDTHS:
                await _look_at_all(browser, folder, desk, seen, language, width)
        await browser.close()
    return seen


@asynccontextmanager
async def _centre() -> AsyncIterator[tuple[RunFolder, Desk]]:
    async with AsyncExitStack() as stack:
        BUILD.mkdir(exist_ok=True)
        root = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=BUILD)))
        folder = run_folder.make(root)
        folder.write_centre_settings(time_zone="Asia/Shanghai")
        program = folder.centre("serve")
        server = await start(program)
        stack.push_async_callback(server.end)
        desk = await stack.enter_async_context(Desk(folder.origin))
        await until(folder.is_centre_answering, "the centre does not answer", limit_s=60)
        link = re.search(r"https?://\S+/link/\S+", await asyncio.to_thread(program.log.read_text))
        if link is None:
            raise LookupError(f"no link for the first administrator in {program.log}")
        await desk.open_site(link[0])
        yield folder, desk


async def _weight(browser: Browser, url: str) -> float:
    """KB of everything a first visit loads, as it came over the wire."""
    context = await browser.new_context(locale="zh-CN")
    page = await context.new_page()
    session = await context.new_cdp_session(page)
    total = 0.0

    def finished(event: dict[str, float]) -> None:
        nonlocal total
        total += event["encodedDataLength"]

    session.on("Network.loadingFinished", finished)
    await session.send("Network.enable")
    await page.goto(url, wait_until="networkidle")
    await context.close()
    return total / _KB


async def _look_at_all(
    browser: Browser, folder: RunFolder, desk: Desk, seen: _Seen, language: str, width: int
) -> None:
    visitor = _Eyes(await _context(browser, language, width), folder.origin, language, width, seen)
    for path in _PUBLIC:
        await visitor.look_at(path)
    await visitor.book_and_be_approved(desk)
    await visitor.context.close()
    for account in desk.accounts:
        context = await _context(browser, language, width)
        await _sign_in(context, folder.origin, account)
        operator = _Eyes(context, folder.origin, language, width, seen)
        for path in _CONSOLE[account.role]:
            await operator.look_at(path)
        await context.close()


async def _context(browser: Browser, language: str, width: int) -> BrowserContext:
    scheme: Literal["light", "dark"] = "light" if language == "zh-CN" else "dark"
    context = await browser.new_context(
        viewport={"width": width, "height": 844},
        locale=language,
        timezone_id="Asia/Shanghai",
        color_scheme=scheme,
    )
    await context.add_init_script(path=AXE)
    return context


async def _sign_in(context: BrowserContext, origin: str, account: Account) -> None:
    page = await context.new_page()
    await page.goto(f"{origin}/sign-in")
    await page.fill("[name=login_name]", account.login_name)
    await page.fill("[name=password]", account.password)
    await page.click("main form button")
    await page.wait_for_url(lambda url: "/sign-in" not in url)
    await page.close()


@dataclass(slots=True)
class _Eyes:
    """One browser context and what is noticed in it."""

    context: BrowserContext
    origin: str
    language: str
    width: int
    seen: _Seen

    async def look_at(self, path: str) -> None:
        """Open a page by its address."""
        page = await self._page()
        answer = await page.goto(f"{self.origin}{path}")
        if answer is not None and not answer.ok:
            self.seen.errors.append(f"{path}: status {answer.status}")
        await self._judge(page, path)
        await page.close()

    async def book_and_be_approved(self, desk: Desk) -> None:
        """From the form over waiting to the pass."""
        page = await self._page()
        await page.goto(f"{self.origin}/visit")
        for name, value in (
            ("host_name", desk.host.full_name),
            ("name", "Ada Lovelace"),
            ("phone", "13812345678"),
        ):
            await page.fill(f"#{name}", value)
        await page.check("#consent")
        await page.click("#send")
        await page.wait_for_selector("[data-visit-version]")
        await self._judge(page, "waiting")
        host = desk.browser_of(desk.host)
        visits = re.findall(r"/my-visits/(\d+)", (await host.visit("/my-visits")).html)
        detail = await host.visit(f"/my-visits/{max(map(int, visits))}")
        await host.send(detail, detail.form("/approve"))
        await page.wait_for_selector("canvas[data-text]", state="visible")
        await self._judge(page, "pass")
        await page.close()

    async def _page(self) -> Page:
        page = await self.context.new_page()
        where = f"{self.width} {self.language}"
        page.on(
            "console",
            lambda said: (
                self.seen.errors.append(f"{where} {said.text}") if said.type == "error" else None
            ),
        )
        page.on("pageerror", lambda error: self.seen.errors.append(f"{where} {error}"))
        page.on("request", lambda request: self._asked(request.url))
        return page

    def _asked(self, url: str) -> None:
        if not url.startswith((self.origin, "data:", "blob:")):
            self.seen.foreign.append(url)

    async def _judge(self, page: Page, name: str) -> None:
        where = f"{name} {self.width} {self.language}"
        self.seen.asked_for += 1
        language = await page.get_attribute("html", "lang") or ""
        wide = await page.evaluate("document.documentElement.scrollWidth")
        is_right = language[:2] == self.language[:2] and wide <= self.width
        self.seen.rendered += is_right
        found = await page.evaluate("(rules) => axe.run({ runOnly: rules })", _RULES)
        for violation in found["violations"]:
            self.seen.axe += [f"{where} {violation['id']}" for _ in violation["nodes"]]
