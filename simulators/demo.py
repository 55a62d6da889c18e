"""A campus to look at: the product runs, people come now and then, every event is a line."""

import asyncio
import random
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from access_core.clock import Instant
from access_core.errors import AccessControlError
from simulators.campus import Campus
from simulators.company import Company, named_people
from simulators.journal_feed import JournalLine
from simulators.people import Plan, visit_of
from simulators.performance import Performance
from simulators.plain_host import PlainHost
from simulators.plain_phone import PlainPhone
from simulators.qr_camera import Grey, View, phone_with_pixels
from simulators.scenario import Crowd, Visitor
from simulators.stage import TIME_ZONE, running_campus
from simulators.turnstile_lane import Way
from simulators.web_person import WebPerson

BETWEEN_PEOPLE_S = (4.0, 14.0)
"""The next person comes so long after the last, at random between the two."""
_PICTURES = frozenset({".png", ".jpg", ".jpeg", ".webp"})
_LOOK_EVERY_S = 0.5
_HOLD_UP_FRAMES = 20
_LANE_S = 2.0
_WIDE_SCREEN_PX = 1_200.0
"""In frames of 1,280: screenshots of 1,920 px are read in 20 of 20 frames, at a phone's width in
none."""


@dataclass(frozen=True, slots=True)
class _Life:
    """What goes on at the gate. `lane` is held by whoever stands before it."""

    campus: Campus
    say: Callable[[str], None]
    lane: asyncio.Lock
    seed: int


async def show_campus(root: Path, *, seed: int, say: Callable[[str], None]) -> None:
    """Run the campus in `root` until cancelled; all ended on leaving."""
    async with running_campus(root, lane_pace=1.0, seed=seed, say=say) as campus:
        campus.journal.tell(lambda line: say(in_words(line)))
        show_here = root / "show-here"
        show_here.mkdir(exist_ok=True)
        say(_welcome(campus, show_here))
        life = _Life(campus, say, asyncio.Lock(), seed)
        async with asyncio.TaskGroup() as group:
            group.create_task(_people_come(life))
            group.create_task(_pictures_come(life, show_here))


def in_words(line: JournalLine) -> str:
    """One event as one line."""
    event = line.event
    words = [f"#{line.seq}", event.kind.replace("_", " ")]
    if event.direction is not None:
        words.append("in" if event.direction == "entry" else "out")
    if event.reasons:
        words.append("because " + ", ".join(event.reasons))
    if event.is_offline:
        words.append("(offline)")
    return f"{Instant(0, event.wall_ms).utc().astimezone():%H:%M:%S}  {' '.join(words)}"


def _welcome(campus: Campus, show_here: Path) -> str:
    desk = campus.desk
    lines = [
        "everything runs. Ctrl-C ends it.",
        f"  book a visit       {desk.origin}/visit      (host: {desk.host.full_name})",
        f"  sign in            {desk.origin}/sign-in",
        *(f"      {a.role:<14} {a.login_name:<14} / {a.password}" for a in desk.accounts),
        f"  approve visits     {desk.origin}/my-visits  (as {desk.host.login_name})",
        f"  access log         {desk.origin}/log        (as {desk.security.login_name})",
        f"  to the camera      put a screenshot of your pass into {show_here}",
        f"  programs' logs     {campus.folder.root}",
    ]
    return "\n".join(lines)


async def _people_come(life: _Life) -> None:
    """Made-up people, one after the other; what goes wrong with one is said and is over."""
    desk = life.campus.desk
    host = PlainHost(desk.browser_of(desk.host), TIME_ZONE)
    rng = random.Random(life.seed)
    number = 0
    while True:
        number += 1
        visitor = Visitor(name=f"visitor {number}")
        steps = visit_of(visitor.name, Crowd(people=1), rng)
        async with AsyncExitStack() as stack:
            person = await stack.enter_async_context(WebPerson(desk.origin))
            seed = f"{life.seed} {number}"
            phone = PlainPhone(person, host_name=desk.host.full_name, seed=seed)
            plan = Plan((visitor,), tuple(steps))
            people = named_people(plan, {visitor.name: phone}, number)
            company = Company(people, {"plain": host})
            performance = Performance(life.campus, plan, company, seed=number, say=_nothing)
            try:
                async with life.lane:
                    await performance.play()
            except AccessControlError as error:
                life.say(f"visitor {number}: {error}")
        await asyncio.sleep(rng.uniform(*BETWEEN_PEOPLE_S))


async def _pictures_come(life: _Life, folder: Path) -> None:
    """Whatever picture is put into `folder` is held before the camera; then its owner walks."""
    while True:
        for name, picture in taken_from(folder):
            async with life.lane:
                await _hold_up(life, name, picture)
        await asyncio.sleep(_LOOK_EVERY_S)


def taken_from(folder: Path) -> list[tuple[str, bytes]]:
    """The pictures in `folder` by name, which are taken away; other files stay."""
    paths = [path for path in sorted(folder.iterdir()) if path.suffix.lower() in _PICTURES]
    pictures = [(path.name, path.read_bytes()) for path in paths]
    for path in paths:
        path.unlink()
    return pictures


def view_of(screen: Grey) -> View:
    """A phone as people hold it; a wide screen so near that its code is as large as a phone's."""
    height, width = screen.shape
    return View(phone_width_px=_WIDE_SCREEN_PX) if width > height else View()


async def _hold_up(life: _Life, name: str, picture: bytes) -> None:
    try:
        phone = phone_with_pixels(picture)
    except ValueError as error:
        life.say(f"{name}: {error}")
        return
    life.say(f"{name} is held before the camera")
    entrance = life.campus.entrance
    for _ in range(_HOLD_UP_FRAMES):
        await entrance.camera.hold_up(phone, view_of(phone), frames=1)
        if entrance.turnstile.lane.released_for(Way.ENTRY):
            break
    if await entrance.turnstile.until_released(Way.ENTRY, _LANE_S):
        await entrance.turnstile.walk(Way.ENTRY)


def _nothing(_words: str) -> None:
    """The journal says what happens; the steps of made-up people need not be said."""
