"""Pictures of the running product for its documentation."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path

from playwright.async_api import Browser, Page

from simulators.browser import BrowserHost, BrowserPhone, chromium, console_page, phone_page
from simulators.campus import DEVICES, START_S, Campus
from simulators.company import Company, named_people
from simulators.patience import until
from simulators.people import plan
from simulators.performance import Performance
from simulators.plain_host import PlainHost
from simulators.plain_phone import PlainPhone
from simulators.scenario import Scenario, Visitor
from simulators.small_png import small_png
from simulators.stage import TIME_ZONE, running_campus
from simulators.web_person import WebPerson

CHINESE, ENGLISH = "zh-CN", "en-GB"
_GUEST = "王小雨"
_LATER_GUEST = "Emma Lindqvist"
_MORNING = Scenario.model_validate(
    {
        "title": "what stands in the log",
        "visitors": [{"name": name} for name in "abcd"],
        "steps": [
            *(
                {"do": do, "who": who}
                for who in "abcd"
                for do in ("book", "approve", "open_pass", "show")
            ),
            {"do": "show", "who": "b", "code": "again", "expect": "PASS_REPLAYED"},
            {"do": "show", "who": "a", "at": "exit"},
            {"do": "show", "who": "c", "code": "forged", "expect": "PASS_FORGED"},
            {"do": "show", "who": "d", "at": "exit", "then": "stay"},
        ],
    }
)
"""A few people at the gate, so that there is something to see."""


async def take_pictures(
    folder: Path, root: Path, *, seed: int, say: Callable[[str], None]
) -> list[Path]:
    """Run the product in `root`, let people come, and put pictures of its pages into `folder`."""
    async with (
        running_campus(root, lane_pace=0.3, seed=seed, say=say) as campus,
        chromium() as browser,
    ):
        studio = _Studio(campus, browser, folder, say)
        logs = [await studio.open_log(language) for language in (ENGLISH, CHINESE)]
        # The log is live: what happens now appears on the open pages.
        await _people_come(campus, seed, say)
        await studio.picture_logs(logs)
        await studio.picture_visitor_and_host()
        await studio.picture_gates()
        return studio.taken


async def _people_come(campus: Campus, seed: int, say: Callable[[str], None]) -> None:
    desk, the_plan = campus.desk, plan(_MORNING, seed)
    async with AsyncExitStack() as stack:
        phones: dict[str, PlainPhone] = {}
        for visitor in the_plan.visitors:
            person = await stack.enter_async_context(WebPerson(desk.origin))
            seed_of = f"{seed} {visitor.name}"
            phones[visitor.name] = PlainPhone(person, host_name=desk.host.full_name, seed=seed_of)
        host = PlainHost(desk.browser_of(desk.host), TIME_ZONE)
        company = Company(named_people(the_plan, phones, seed), {"plain": host})
        await Performance(campus, the_plan, company, seed=seed, say=say).play()
    await campus.until_delivered()


class _Studio:
    """Opens pages and takes pictures of them."""

    def __init__(
        self, campus: Campus, browser: Browser, folder: Path, say: Callable[[str], None]
    ) -> None:
        self.taken: list[Path] = []
        self._desk = campus.desk
        self._browser = browser
        self._folder = folder
        self._say = say

    async def picture_visitor_and_host(self) -> None:
        """From the booking on a phone over the host's answer to the pass."""
        origin, host_name = self._desk.origin, self._desk.host.full_name
        page = await phone_page(self._browser, CHINESE)
        await page.goto(f"{origin}/visit")
        await page.fill("#host_name", host_name)
        await page.click("h1")
        await self._take(page, "booking_phone_zh")
        later = BrowserPhone(await phone_page(self._browser, ENGLISH), origin, host_name)
        await later.book(Visitor(name="later", stay_min=240), _LATER_GUEST)
        guest = BrowserPhone(page, origin, host_name)
        await guest.book(Visitor(name="guest"), _GUEST)
        host_page = await console_page(self._browser, origin, self._desk.host, ENGLISH)
        await host_page.goto(f"{origin}/my-visits")
        await self._take(host_page, "approval_en")
        await BrowserHost(host_page, origin, TIME_ZONE).approve(_GUEST)
        await guest.open_pass()
        await page.evaluate("scrollTo(0, 0)")
        await self._take(page, "pass_phone_zh")

    async def picture_gates(self) -> None:
        """What an administrator sees."""
        page = await console_page(
            self._browser, self._desk.origin, self._desk.administrator, ENGLISH
        )

        async def all_is_well() -> bool:
            await page.goto(f"{self._desk.origin}/gates")
            return await page.locator(".device .state-good").count() == DEVICES

        await until(all_is_well, "the gate's devices are not all ready", limit_s=START_S)
        await self._take(page, "gates_en")

    async def open_log(self, language: str) -> Page:
        """Security's live page of the access log."""
        origin = self._desk.origin
        page = await console_page(self._browser, origin, self._desk.security, language)
        await page.goto(f"{origin}/log")
        await page.wait_for_selector("#live-state.is-on")
        return page

    async def picture_logs(self, pages: list[Page]) -> None:
        """What security sees, in each language."""
        for page, name in zip(pages, ("log_en", "log_zh"), strict=True):
            await self._take(page, name)

    async def _take(self, page: Page, name: str) -> None:
        file = self._folder / f"{name}.png"
        picture = await page.screenshot(animations="disabled")
        await asyncio.to_thread(_store, file, picture)
        self._say(f"{file}: {file.stat().st_size / 1000:.0f} kB")
        self.taken.append(file)


def _store(file: Path, picture: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(small_png(picture))
