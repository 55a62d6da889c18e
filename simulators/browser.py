"""Visitors and hosts with a real browser: headless Chromium on the real pages."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, Page, ViewportSize, async_playwright

from simulators.cast import Code
from simulators.desk import Account, Desk
from simulators.journal_feed import JournalLine
from simulators.plain_host import LIST, HostAtPages
from simulators.plain_phone import gate_of, until_of
from simulators.qr_camera import phone_with_pixels
from simulators.scenario import Visitor

CHROMIUM = Path("/usr/bin/chromium")
"""Where Debian puts it."""
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PAGE_MS = 30_000
"""How long a page may take, slow machine included."""
_ENGLISH = "en-GB"
_PHONE = ViewportSize(width=390, height=844)
_DESKTOP = ViewportSize(width=1280, height=800)


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """A headless browser, ended on leaving."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=list(FLAGS),
            handle_sigint=False,
            handle_sigterm=False,
            handle_sighup=False,
        )
        try:
            yield browser
        finally:
            await browser.close()


class BrowserPhone:
    """Implements `cast.Phone` on the real pages, at the size of a phone."""

    def __init__(self, page: Page, origin: str, host_name: str) -> None:
        """`page` of `phone_page`; `host_name` is who is visited."""
        self._page = page
        self._origin = origin
        self._host_name = host_name

    async def book(self, visitor: Visitor, full_name: str) -> None:
        """Fill in the booking page; returns when the status page stands there."""
        page = self._page
        await page.goto(f"{self._origin}/visit")
        await page.fill("#host_name", self._host_name)
        await page.select_option("#gate", gate_of(visitor))
        await page.select_option("#purpose", "meeting")
        await page.fill("#until", until_of(visitor, await page.input_value("#from")))
        await page.fill("#name", full_name)
        await page.fill("#phone", "19900000001")
        await page.check("#consent")
        await page.click("#send")
        await page.wait_for_selector("[data-visit-version]")

    async def open_pass(self) -> None:
        """Wait until the status page has become the pass; returns when a code is shown."""
        await self._page.wait_for_selector("canvas[data-text]", state="visible")
        await self._page.locator("canvas").scroll_into_view_if_needed()

    async def code(self) -> Code:
        """The pixels of the page as they are now, and the text the page says it shows."""
        while True:
            before = await self._text()
            pixels = await self._page.screenshot()
            if before == await self._text():
                return Code(before, await asyncio.to_thread(phone_with_pixels, pixels))

    async def _text(self) -> str:
        return await self._page.get_attribute("canvas[data-text]", "data-text") or ""


class BrowserHost(HostAtPages):
    """A host at the real pages."""

    def __init__(self, page: Page, origin: str, time_zone: str) -> None:
        """`page` is signed in as the host; `time_zone` is that of the campus."""
        super().__init__(time_zone)
        self._page = page
        self._origin = origin

    async def _decide(self, full_name: str, act: str, typed: Mapping[str, str]) -> None:
        page = self._page
        await page.goto(f"{self._origin}{LIST}")
        await page.get_by_role("link", name=full_name, exact=True).first.click()
        for name, value in typed.items():
            await page.fill(f'[name="{name}"]', value)
        async with page.expect_navigation():
            await page.click(f'form[action$="/{act}"] button[type="submit"]')


class LogPage:
    """Security's page of the access log, left open; says when a line appeared on it."""

    def __init__(self, page: Page, origin: str) -> None:
        """`page` is signed in as security."""
        self._page = page
        self._origin = origin

    async def open(self) -> None:
        """Open the page and begin to watch it."""
        await self._page.goto(f"{self._origin}/log")
        await self._page.evaluate(_WATCH_LINES)

    async def shown_at_ms(self, line: JournalLine) -> int:
        """When the event of `line` appeared, ms since 1970 UTC; waits until it does."""
        prefix = str(line.event.wall_ms)
        found = await self._page.wait_for_function(_FIND_LINE, arg=[prefix, line.seq])
        shown_ms: int = await found.json_value()
        return shown_ms


_WATCH_LINES = """() => {
  window.linesSeen = new Map();
  const note = (root) => {
    for (const link of root.querySelectorAll('#events a[href^="/log/events/"]')) {
      const id = link.getAttribute("href").split("/").at(-1);
      if (!window.linesSeen.has(id)) window.linesSeen.set(id, Date.now());
    }
  };
  note(document);
  new MutationObserver(() => note(document)).observe(document.body,
    { childList: true, subtree: true });
}"""
"""Runs in the page: notes when each line of the log is there for the first time."""

_FIND_LINE = """([wallMs, seq]) => {
  for (const [id, shownMs] of window.linesSeen) {
    const number = BigInt(id);
    if (number >> 21n === BigInt(wallMs) && Number(number & 2047n) === seq % 2048) return shownMs;
  }
  return null;
}"""
"""An event's id at the centre is ms << 21 | edge << 11 | sequence modulo 2048."""


class ChromiumCast:
    """Implements `cast.BrowserCast`; made by `chromium_cast`."""

    def __init__(self, browser: Browser, desk: Desk, host: BrowserHost, log_page: LogPage) -> None:
        """Host and security are signed in, the log is open."""
        self._browser = browser
        self._desk = desk
        self._host = host
        self._log_page = log_page

    @property
    def host(self) -> BrowserHost:
        """The host at a desk."""
        return self._host

    @property
    def log_page(self) -> LogPage:
        """Security's screen."""
        return self._log_page

    async def phone(self) -> BrowserPhone:
        """One more visitor."""
        page = await phone_page(self._browser)
        return BrowserPhone(page, self._desk.origin, self._desk.host.full_name)


@asynccontextmanager
async def chromium_cast(desk: Desk, time_zone: str) -> AsyncIterator[ChromiumCast]:
    """A browser in which the host and security are signed in, and visitors may book."""
    async with chromium() as browser:
        host = BrowserHost(
            await console_page(browser, desk.origin, desk.host), desk.origin, time_zone
        )
        log_page = LogPage(await console_page(browser, desk.origin, desk.security), desk.origin)
        await log_page.open()
        yield ChromiumCast(browser, desk, host, log_page)


async def phone_page(browser: Browser, locale: str = _ENGLISH) -> Page:
    """A fresh browser on a phone."""
    return await _page(browser, _PHONE, locale, is_phone=True)


async def console_page(
    browser: Browser, origin: str, account: Account, locale: str = _ENGLISH
) -> Page:
    """A fresh browser on a desk, signed in as `account`."""
    page = await _page(browser, _DESKTOP, locale, is_phone=False)
    await page.goto(f"{origin}/sign-in")
    await page.fill('[name="login_name"]', account.login_name)
    await page.fill('[name="password"]', account.password)
    async with page.expect_navigation():
        await page.click('button[type="submit"]')
    return page


async def _page(browser: Browser, size: ViewportSize, locale: str, *, is_phone: bool) -> Page:
    context = await browser.new_context(
        viewport=size,
        device_scale_factor=2 if is_phone else 1,
        has_touch=is_phone,
        is_mobile=is_phone,
        locale=locale,
    )
    context.set_default_timeout(PAGE_MS)
    return await context.new_page()
