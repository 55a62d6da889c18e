"""A new gate from power-on to the first opening, done step by step as a technician does it.

The programs are installed, the gate stands in the list of the centre, and somebody has a pass.
Everything else is done here, with the real programs and simulated hardware; `STEPS` is what
`docs/how_to/bring_up_a_gate.md` tells people to do.
"""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

from access_core.clock import Instant
from access_core.errors import AccessControlError
from device_drivers.system_clock import SystemClock
from simulators import run_folder
from simulators.campus import Campus
from simulators.company import Company, Person
from simulators.desk import Desk
from simulators.entrance import Entrance
from simulators.people import Plan
from simulators.performance import Performance
from simulators.person_time import (
    HOLD_UP_S,
    POINT_AND_PRESS_S,
    THINK_S,
    Ledger,
    Step,
    Where,
    reading_s,
    typing_s,
)
from simulators.plain_host import PlainHost
from simulators.plain_phone import PlainPhone
from simulators.processes import ProgramFailed, at_terminal
from simulators.run_folder import MAIN_GATE, RunFolder
from simulators.scenario import Show, Visitor
from simulators.stage import TIME_ZONE
from simulators.web_person import WebPerson

PROMISED_S: Final = 120.0
"""Of a person's time, from power-on to the first opening."""
SET_UP: Final = "edge-agent setup"
START: Final = "systemctl enable --now edge-agent"
STEPS: Final = (
    Step(Where.CENTRE, "On the gate's page press *Make an enrolment code*"),
    Step(Where.BOX, f"Type `{SET_UP}`"),
    Step(Where.BOX, "Type the address of the centre"),
    Step(Where.BOX, "Type the enrolment code"),
    Step(Where.BOX, "Type the number of the reader of the way in"),
    Step(Where.BOX, "Type the number of the reader of the way out"),
    Step(Where.BOX, "Type the number of the turnstile"),
    Step(Where.BOX, f"Read the checks, then type `{START}`"),
    Step(Where.LANE, "Hold a pass before the reader of the way in and go through"),
)
_MAKE_CODE, _SET_UP, *_ANSWERS, _START, _GO = STEPS
_QUESTION_S: Final = 60.0
"""How long the program may take to its next question, slow machine included."""
_TRIES: Final = 3
"""A simulated disk and board share their machine with everything else; people try again, too."""


async def bring_up(root: Path, *, seed: int, say: Callable[[str], None]) -> Ledger:
    """Do every step in `root`; what each took. Raises AccessControlError if one does not work."""
    folder = run_folder.make(root)
    folder.write_centre_settings(time_zone=TIME_ZONE)
    async with AsyncExitStack() as stack:
        entrance = Entrance(folder.hardware, lane_pace=1.0, seed=seed)
        await stack.enter_async_context(entrance)
        desk = await stack.enter_async_context(Desk(folder.origin))
        async with asyncio.TaskGroup() as group:
            campus = Campus(folder, entrance, group)
            try:
                say("before: the centre runs, the gate is in its list, a visitor has a pass")
                await campus.start_centre()
                await campus.open_site(desk)
                visitor = await _visitor_with_a_pass(desk, stack, seed)
                technician = _Technician(folder, campus, Ledger(), say)
                await technician.work(visitor, plug_in(folder, entrance))
                return technician.ledger
            finally:
                await campus.end()


def plug_in(folder: RunFolder, entrance: Entrance) -> Path:
    """A folder like `/dev` in which the simulated hardware has its names."""
    dev = folder.hardware / "dev"
    for name, target in (
        ("serial/by-id/usb-simulated-scanner", entrance.scanner_port),
        ("serial/by-id/usb-simulated-turnstile", entrance.turnstile_port),
        ("video0", entrance.frames),
    ):
        link = dev / name
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(target)
    return dev


async def _visitor_with_a_pass(desk: Desk, stack: AsyncExitStack, seed: int) -> Person:
    browser = await stack.enter_async_context(WebPerson(desk.origin))
    phone = PlainPhone(browser, host_name=desk.host.full_name, seed=f"{seed} technician")
    visitor = Visitor(name="technician")
    person = Person(visitor, "王师傅", phone)
    await phone.book(visitor, person.full_name)
    await PlainHost(desk.browser_of(desk.host), TIME_ZONE).approve(person.full_name)
    await phone.open_pass()
    return person


class _Technician:
    """Does the steps and keeps the ledger."""

    def __init__(
        self, folder: RunFolder, campus: Campus, ledger: Ledger, say: Callable[[str], None]
    ) -> None:
        self._folder = folder
        self._campus = campus
        self._say = say
        self._clock = SystemClock()
        self.ledger = ledger

    async def work(self, visitor: Person, dev: Path) -> None:
        """Every step in turn."""
        began = self._clock.now()
        code = await self._campus.desk.enrolment_code(MAIN_GATE)
        self._note(_MAKE_CODE, THINK_S + POINT_AND_PRESS_S, began)
        lines = await self._set_up(code, dev)
        began = self._clock.now()
        await self._campus.begin_gate()
        self._note(_START, reading_s(lines) + typing_s(START), began)
        began = self._clock.now()
        await self._go_through(visitor)
        self._note(_GO, THINK_S + HOLD_UP_S, began)

    async def _set_up(self, code: str, dev: Path) -> int:
        """Answer every question; how many lines there were to read at the end."""
        words = ("--state-dir", str(self._folder.root / "edge"), "--devices", str(dev))
        answers = (self._folder.origin, code, "1", "1", "1")
        began, person_s, step = self._clock.now(), typing_s(SET_UP), _SET_UP
        async with at_terminal(self._folder.edge("setup", *words)) as process:
            for next_step, answer in zip(_ANSWERS, answers, strict=True):
                lines = await self._until_asked(process)
                self._note(step, person_s, began)
                await _type(process, answer)
                began, step = self._clock.now(), next_step
                person_s = reading_s(lines) + typing_s(answer)
            heard = await self._to_the_end(process)
            self._note(step, person_s, began)
        return heard

    async def _until_asked(self, process: asyncio.subprocess.Process) -> int:
        """Read until there is a question; how many lines stood before it and with it."""
        if process.stdout is None:
            raise ProgramFailed("there is nothing to read from it")
        heard = b""
        async with asyncio.timeout(_QUESTION_S):
            while not heard.endswith(b": "):
                more = await process.stdout.read(1024)
                if not more:
                    raise ProgramFailed(f"it ended before it asked: {heard.decode()}")
                heard += more
        self._tell(heard)
        return heard.count(b"\n") + 1

    async def _to_the_end(self, process: asyncio.subprocess.Process) -> int:
        if process.stdin is not None:
            process.stdin.close()
        async with asyncio.timeout(_QUESTION_S):
            heard, _ = await process.communicate()
        self._tell(heard)
        if START not in heard.decode():
            raise ProgramFailed(f"{SET_UP} did not come to its end: {heard.decode()}")
        return heard.count(b"\n")

    async def _go_through(self, visitor: Person) -> None:
        """Hold up the pass and walk; once more if the machine was too slow for it."""
        plan = Plan((visitor.visitor,), (Show(do="show", who=visitor.visitor.name),))
        company = Company({visitor.visitor.name: visitor}, {})
        for left in reversed(range(_TRIES)):
            try:
                await Performance(self._campus, plan, company, seed=1, say=self._say).play()
            except AccessControlError:
                if not left:
                    raise
            else:
                return

    def _note(self, step: Step, person_s: float, began: Instant) -> None:
        waited_s = self._clock.now().ms_since(began) / 1000
        self.ledger.note(step, person_s=person_s, waited_s=waited_s)

    def _tell(self, heard: bytes) -> None:
        for line in heard.decode().splitlines():
            self._say(f"  | {line}")


async def _type(process: asyncio.subprocess.Process, answer: str) -> None:
    if process.stdin is None:
        raise ProgramFailed("nothing can be typed into it")
    process.stdin.write(answer.encode() + b"\n")
    await process.stdin.drain()
