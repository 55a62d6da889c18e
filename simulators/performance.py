"""Plays the steps of a plan on the running product and keeps account of what came of them.

The performer moves people and hardware, and reads the edge's journal only to learn that the edge
has answered and what reason it names. What counts as opened, refused or not taken is what the
rotor did.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import assert_never

from access_core.errors import AccessControlError
from access_core.model.access_event import AccessEventKind
from access_core.passes.rotation import LATE_STEPS, STEP_S
from device_drivers.system_clock import SystemClock
from simulators.campus import Campus
from simulators.cast import Code
from simulators.company import Company, Person
from simulators.journal_feed import Answer
from simulators.ledger import What
from simulators.people import Plan
from simulators.plain_phone import forged
from simulators.qr_camera import View, phone_with_text
from simulators.scenario import (
    OPENS,
    Approve,
    Book,
    Centre,
    Edge,
    Fire,
    KeepCode,
    OpenPass,
    Shorten,
    Show,
    Step,
    TurnResetKey,
    WaitUntil,
    Walk,
    Withdraw,
)
from simulators.step_words import in_words
from simulators.turnstile_lane import WalkResult, Way

ANSWER_S = 20.0
"""The edge must have answered a code held up for this long, slow machine included."""
LANE_S = 30.0
"""The longest that a lane may take for anything, real rotor times and slow machine included."""
SAME_CODE_AGAIN_S = 1.8
"""A reader takes a code for the same presentation until it was gone for 1.5 s."""
OLD_AFTER_S = (LATE_STEPS + 1) * STEP_S + 1
"""So long after a screenshot its code is surely out of its window."""


class NotAsWritten(AccessControlError):
    """A step did not end as the scenario says; the message names it."""


class Performance:
    """One run of one plan."""

    def __init__(
        self, campus: Campus, plan: Plan, company: Company, *, seed: int, say: Callable[[str], None]
    ) -> None:
        """`say` is told each step as it ends."""
        self.tally = company.tally
        self._campus = campus
        self._entrance = campus.entrance
        self._plan = plan
        self._people = company.people
        self._hosts = company.hosts
        self._log_page = company.log_page
        self._rng = random.Random(seed)
        self._clock = SystemClock()
        self._say = say

    async def play(self) -> None:
        """Play every step; NotAsWritten at the first that does not end as written."""
        for number, step in enumerate(self._plan.steps, start=1):
            self.tally.step = f"{number} ({in_words(step)})"
            if isinstance(step, WaitUntil):
                self._say(f"         ... {in_words(step)}")
            try:
                came_of_it = await self._do(step)
            except (AccessControlError, TimeoutError) as error:
                raise NotAsWritten(f"step {self.tally.step}: {error}") from error
            self._say(f"{number:3d}/{len(self._plan.steps)}  {in_words(step)}{came_of_it}")

    async def _do(self, step: Step) -> str:
        """Do one step; what came of it, to be said after it."""
        match step:
            case Book() | Approve() | Withdraw() | Shorten() | OpenPass() | KeepCode():
                await self._at_the_pages(step)
            case Show():
                return await self._show(step)
            case Walk():
                result = await self._entrance.turnstile.walk(step.at)
                if result != step.expect:
                    raise NotAsWritten(f"was {result}, not {step.expect}")
                return f": {result}"
            case Centre():
                await (self._campus.stop_centre() if step.to == "stopped" else self._centre_back())
            case Edge():
                await (self._campus.kill_edge() if step.to == "killed" else self._edge_back())
            case Fire():
                await self._fire(step)
            case TurnResetKey():
                await self._reset()
            case WaitUntil():
                await self._wait_until(step)
            case _:
                assert_never(step)
        return ""

    # -- pages -----------------------------------------------------------------------------

    async def _at_the_pages(
        self, step: Book | Approve | Withdraw | Shorten | OpenPass | KeepCode
    ) -> None:
        person = self._people[step.who]
        host = self._hosts[person.visitor.phone]
        match step:
            case Book():
                await person.phone.book(person.visitor, person.full_name)
                self.tally.booked += 1
            case Approve():
                await host.approve(person.full_name)
                self.tally.approved += 1
            case Withdraw():
                await host.withdraw(person.full_name)
                await self._campus.until_edge_is_current()
            case Shorten():
                person.over_at_s = await host.shorten(person.full_name)
                await self._campus.until_edge_is_current()
            case OpenPass():
                await person.phone.open_pass()
                await self._campus.until_edge_is_current()
            case KeepCode():
                person.kept = await person.phone.code()
                person.kept_at_s = self._clock.now().wall_s
            case _:
                assert_never(step)

    # -- the gate --------------------------------------------------------------------------

    async def _show(self, step: Show) -> str:
        person = self._people[step.who]
        code = await self._code_for(step, person)
        opened, answer = await self._hold_up(step.at, code)
        person.last = code
        wanted = step.expect == OPENS
        if opened != wanted or (not wanted and answer.reason != step.expect):
            came = "opened" if opened else f"stayed shut, {answer.reason}"
            raise NotAsWritten(f"the lane {came}, not {step.expect}")
        if opened:
            await self._go(step, answer)
        return f": {'opens' if opened else answer.reason}"

    async def _code_for(self, step: Show, person: Person) -> Code:
        match step.code:
            case "live":
                return await self._fresh_code(person)
            case "kept":
                return _needed(person.kept, "no screenshot was kept")
            case "again":
                await asyncio.sleep(SAME_CODE_AGAIN_S)
                return _needed(person.last, "no code was shown before")
            case "forged":
                text = forged((await person.phone.code()).text, self._rng)
                return Code(text, phone_with_text(text))

    async def _fresh_code(self, person: Person) -> Code:
        """The code on the phone, once it is another than the one shown last."""
        async with asyncio.timeout(2 * STEP_S):
            while True:
                code = await person.phone.code()
                if person.last is None or code.text != person.last.text:
                    return code
                await asyncio.sleep(0.2)

    async def _hold_up(self, way: Way, code: Code) -> tuple[bool, Answer]:
        """Whether the lane was released, and what the edge answered."""
        oracle = self._entrance.oracle
        released_before = oracle.releases_entry + oracle.releases_exit
        await self._campus.until_gate_serves()
        async with self._campus.journal.answer(ANSWER_S) as answered:
            if way is Way.ENTRY:
                await self._before_the_camera(code, answered)
            else:
                self._entrance.scanner.scan(code.text)
            answer = await answered
        if answer.kind is AccessEventKind.ACCESS_GRANTED:
            await self._entrance.turnstile.until_released(way, LANE_S)
        opened = oracle.releases_entry + oracle.releases_exit > released_before
        self._entrance.note(What.LET_IN if opened else What.REFUSED, way)
        if opened:
            self.tally.offline_opened += not self._campus.is_centre_running
        else:
            self.tally.refused[answer.reason] += 1
        return opened, answer

    async def _before_the_camera(self, code: Code, answered: asyncio.Future[Answer]) -> None:
        view = View(
            tilt=self._rng.uniform(0.0, 0.15),
            turn_deg=self._rng.uniform(-10, 10),
            blur_px=self._rng.uniform(0.4, 0.8),
            glare=self._rng.uniform(0.0, 0.3),
            light=self._rng.uniform(0.6, 1.1),
        )
        async with asyncio.timeout(ANSWER_S):
            while not answered.done():
                await self._entrance.camera.hold_up(code.phone, view, frames=1)

    async def _go(self, step: Show, answer: Answer) -> None:
        turnstile = self._entrance.turnstile
        match step.then:
            case "walk":
                if step.edge_dies:
                    await self._die_while(step)
                    return
                await _expect(turnstile.walk(step.at), WalkResult.THROUGH)
            case "step_back":
                await _expect(turnstile.step_back(step.at), WalkResult.STEPPED_BACK)
            case "stay":
                pass
        outcome = await self._campus.journal.outcome(answer, LANE_S)
        if self._log_page is not None and self._campus.is_centre_running:
            shown_ms = await self._log_page.shown_at_ms(outcome) - outcome.event.wall_ms
            self.tally.log_shown_ms = max(shown_ms, self.tally.log_shown_ms or 0)
        if not await turnstile.until_locked(LANE_S):
            raise NotAsWritten("the lane did not lock again")

    async def _die_while(self, step: Show) -> None:
        """Kill the edge while the person is in the lane; the rotor turns on without it."""
        lane = self._entrance.turnstile.lane
        async with asyncio.TaskGroup() as group:
            walking = group.create_task(self._entrance.turnstile.walk(step.at))
            await lane.until(lambda: lane.signals.occupied[step.at], LANE_S)
            await self._campus.kill_edge()
        if walking.result() is not WalkResult.THROUGH:
            raise NotAsWritten(f"was {walking.result()}, not through")

    # -- what breaks -----------------------------------------------------------------------

    async def _centre_back(self) -> None:
        await self._campus.start_centre()

    async def _edge_back(self) -> None:
        """Start the edge; nothing may open by that."""
        oracle = self._entrance.oracle
        released_before = oracle.releases_entry + oracle.releases_exit
        async with self._campus.journal.seen(AccessEventKind.EDGE_STARTED, ANSWER_S):
            await self._campus.start_edge()
        if oracle.releases_entry + oracle.releases_exit != released_before:
            raise NotAsWritten("the lane was released by starting the edge")
        if not self._entrance.turnstile.lane.is_locked:
            raise NotAsWritten("the lane is not locked after the edge has started")

    async def _fire(self, step: Fire) -> None:
        kind = AccessEventKind.FIRE_ACTIVATED if step.on else AccessEventKind.FIRE_CLEARED
        async with self._campus.journal.seen(kind, ANSWER_S):
            self._entrance.set_fire(on=step.on)
        if not self._entrance.turnstile.lane.is_free:
            raise NotAsWritten("the lane is not free both ways")

    async def _reset(self) -> None:
        async with self._campus.journal.seen(AccessEventKind.FIRE_RESET, ANSWER_S):
            await self._entrance.turnstile.turn_reset_key()
        if not await self._entrance.turnstile.until_locked(LANE_S):
            raise NotAsWritten("the lane did not lock after the reset")

    async def _wait_until(self, step: WaitUntil) -> None:
        match step.what:
            case "pass_is_over":
                await self._until_s(self._people[step.who].over_at_s)
            case "kept_code_is_old":
                await self._until_s(self._people[step.who].kept_at_s + OLD_AFTER_S)
            case "all_is_delivered":
                await self._campus.until_delivered()

    async def _until_s(self, wall_s: int) -> None:
        """Wait until the wall clock shows `wall_s`, seconds since 1970 UTC."""
        await asyncio.sleep(max(0, wall_s * 1000 - self._clock.now().wall_ms) / 1000)


async def _expect(walk: Awaitable[WalkResult], wanted: WalkResult) -> None:
    result = await walk
    if result is not wanted:
        raise NotAsWritten(f"the person was {result}, not {wanted}")


def _needed(code: Code | None, otherwise: str) -> Code:
    if code is None:
        raise NotAsWritten(otherwise)
    return code
