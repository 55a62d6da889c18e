"""Sets up everything for a run, plays the plan, and reports what came of it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from simulators import run_folder
from simulators.campus import Campus
from simulators.cast import BrowserCast, Host, OpenLog, Phone
from simulators.company import Company, Tally, named_people
from simulators.desk import Desk
from simulators.entrance import Entrance
from simulators.figures import Figures, Witnessed, counted, demanded, differences, witnessed
from simulators.ledger import Happening, LoggedEvent, reconcile
from simulators.people import Plan, plan
from simulators.performance import Performance
from simulators.plain_host import PlainHost
from simulators.plain_phone import PlainPhone
from simulators.scenario import Scenario, Visitor
from simulators.turnstile_lane import Oracle
from simulators.web_person import WebPerson

TIME_ZONE = "Asia/Shanghai"
LOG_SHOWN_MS = 1_000
"""An event must stand on the open log page this soon after it happened at the edge."""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one run."""

    title: str
    seed: int
    figures: Figures
    delivered: int
    """Events in the centre's log, of every kind."""
    log_shown_ms: float | None
    """From the edge's event to its line on the open log page, the slowest; None: not watched."""
    off: list[str]
    """Every figure that is not as the scenario demands; empty if the run is good."""
    happenings: list[Happening]
    """What the hardware witnessed, in order."""
    log: list[LoggedEvent]
    """What the centre's log says happened."""


@asynccontextmanager
async def running_campus(
    root: Path,
    *,
    lane_pace: float,
    seed: int,
    say: Callable[[str], None],
    has_tag_reader: bool = False,
) -> AsyncIterator[Campus]:
    """The product and its gate, furnished and running in `root`; all ended on leaving.

    Raises ProgramFailed, in an exception group, when a program ends although nobody wanted it to.
    """
    folder = run_folder.make(root)
    folder.write_centre_settings(time_zone=TIME_ZONE)
    async with AsyncExitStack() as stack:
        entrance = await stack.enter_async_context(
            Entrance(folder.hardware, lane_pace=lane_pace, seed=seed, has_tag_reader=has_tag_reader)
        )
        folder.write_edge_settings(entrance)
        desk = await stack.enter_async_context(Desk(folder.origin))
        async with asyncio.TaskGroup() as group:
            campus = Campus(folder, entrance, group)
            try:
                say("starting the centre")
                await campus.start_centre()
                say("setting up the site, enrolling and starting the edge")
                await campus.furnish(desk)
                yield campus
            finally:
                say("ending what was started")
                await campus.end()


@dataclass(slots=True)
class Progress:
    """How far a performance has come, to be told if it does not come to its end."""

    tally: Tally = field(default_factory=Tally)
    oracle: Oracle = field(default_factory=Oracle)
    """The rotor's own count."""

    def so_far(self) -> Witnessed:
        """What was counted until now."""
        return witnessed(self.oracle, self.tally)


async def perform(
    scenario: Scenario,
    *,
    seed: int,
    root: Path,
    say: Callable[[str], None],
    progress: Progress | None = None,
) -> Report:
    """Play `scenario` with `seed` on a product of its own in `root`; `progress` is kept current."""
    progress = progress or Progress()
    the_plan = plan(scenario, seed)
    async with (
        running_campus(root, lane_pace=scenario.lane_pace, seed=seed, say=say) as campus,
        AsyncExitStack() as stack,
    ):
        progress.oracle = campus.entrance.oracle
        cast = _Cast(campus, stack, seed)
        if any(visitor.phone == "browser" for visitor in the_plan.visitors):
            say("starting the browser")
            await cast.start_browser()
        phones = {visitor.name: await cast.phone(visitor) for visitor in the_plan.visitors}
        people = named_people(the_plan, phones, seed)
        company = Company(people, cast.hosts, cast.log_page, progress.tally)
        performance = Performance(campus, the_plan, company, seed=seed, say=say)
        await performance.play()
        await campus.until_delivered()
        return await _report(scenario, the_plan, performance, campus, seed)


class _Cast:
    """Who plays: phones and hosts, plain ones and ones with a browser."""

    def __init__(self, campus: Campus, stack: AsyncExitStack, seed: int) -> None:
        self._campus = campus
        self._stack = stack
        self._seed = seed
        self._browsers: BrowserCast | None = None
        desk = campus.desk
        self._plain_host = PlainHost(desk.browser_of(desk.host), TIME_ZONE)

    @property
    def hosts(self) -> dict[str, Host]:
        """Hosts by the kind of phone of their visitors."""
        hosts: dict[str, Host] = {"plain": self._plain_host}
        if self._browsers is not None:
            hosts["browser"] = self._browsers.host
        return hosts

    @property
    def log_page(self) -> OpenLog | None:
        """The log on security's screen, if anybody plays with a browser."""
        return None if self._browsers is None else self._browsers.log_page

    async def start_browser(self) -> None:
        """A browser in which the host and security sit, and security watches the log."""
        from simulators.browser import chromium_cast  # noqa: PLC0415 - few runs need a browser

        browsers = chromium_cast(self._campus.desk, TIME_ZONE)
        self._browsers = await self._stack.enter_async_context(browsers)

    async def phone(self, visitor: Visitor) -> Phone:
        """The phone of `visitor`."""
        desk = self._campus.desk
        if visitor.phone == "browser" and self._browsers is not None:
            return await self._browsers.phone()
        person = await self._stack.enter_async_context(WebPerson(desk.origin))
        seed = f"{self._seed} {visitor.name}"
        return PlainPhone(person, host_name=desk.host.full_name, seed=seed)


async def _report(
    scenario: Scenario, the_plan: Plan, performance: Performance, campus: Campus, seed: int
) -> Report:
    happenings, tally = campus.entrance.happenings, performance.tally
    log = await campus.log()
    account = reconcile(happenings, log)
    figures = counted(campus.entrance.oracle, tally, account)
    off = differences(demanded(the_plan), figures) + list(account.differences)
    if tally.log_shown_ms is not None and tally.log_shown_ms > LOG_SHOWN_MS:
        off.append(f"the log page showed an event after {tally.log_shown_ms:.0f} ms only")
    return Report(
        title=scenario.title,
        seed=seed,
        figures=figures,
        delivered=account.delivered,
        log_shown_ms=tally.log_shown_ms,
        off=off,
        happenings=happenings,
        log=log,
    )
