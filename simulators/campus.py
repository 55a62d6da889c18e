"""The product and its simulated gate, running together in one folder."""

import asyncio
import re
from collections.abc import Callable

from access_core.model.access_event import AccessEventKind
from simulators.desk import Desk
from simulators.entrance import Entrance
from simulators.journal_feed import JournalFeed
from simulators.ledger import LoggedEvent
from simulators.patience import until
from simulators.processes import Program, ProgramFailed, RunningProgram, ask, start
from simulators.run_folder import MAIN_GATE, RunFolder

START_S = 60.0
"""How long a program may take to be there, slow machine included."""
DEVICES = 3
"""Camera, scanner and turnstile."""


class Campus:
    """Programs and hardware of one run; made by `running_campus`."""

    def __init__(self, folder: RunFolder, entrance: Entrance, group: asyncio.TaskGroup) -> None:
        """Nothing is started yet; `group` watches what will be."""
        self.folder = folder
        self.entrance = entrance
        self.journal = JournalFeed()
        self._group = group
        self._centre: RunningProgram | None = None
        self._edge: RunningProgram | None = None
        self._desk: Desk | None = None
        self._feed: asyncio.Task[None] | None = None

    @property
    def is_centre_running(self) -> bool:
        """Whether a process of the centre exists."""
        return self._centre is not None

    @property
    def desk(self) -> Desk:
        """The people at the console of the centre."""
        if self._desk is None:
            raise ProgramFailed("nobody has signed in yet")
        return self._desk

    # -- programs --------------------------------------------------------------------------

    async def start_centre(self) -> None:
        """Start the centre and wait until it answers."""
        self._centre = await self._start(self.folder.centre("serve"), lambda: self._centre)
        await until(self.folder.is_centre_answering, "the centre does not answer", limit_s=START_S)

    async def stop_centre(self) -> None:
        """End the centre's process."""
        program, self._centre = self._centre, None
        if program is not None:
            await program.end()

    async def start_edge(self) -> None:
        """Start the edge and wait until all its devices are there."""
        ready = self._ready_devices()
        devices = DEVICES + (self.entrance.tag_port is not None)
        self._edge = await self._start(self.folder.edge("run"), lambda: self._edge)
        await until(
            lambda: _answer(self._ready_devices() >= ready + devices),
            "the edge's devices are not all there",
            limit_s=START_S,
        )

    async def kill_edge(self) -> None:
        """End the edge's process by SIGKILL."""
        program, self._edge = self._edge, None
        if program is not None:
            await program.kill()

    async def furnish(self, desk: Desk) -> None:
        """Set up the site at its pages, enrol the edge, start it; `desk` signs in on the way."""
        await self.open_site(desk)
        code = await desk.enrolment_code(MAIN_GATE)
        await ask(self.folder.edge("enrol", "--code", code))
        await self.begin_gate()

    async def open_site(self, desk: Desk) -> None:
        """Set up the site at its pages; `desk` signs in on the way."""
        self._desk = desk
        await desk.open_site(self._first_link())

    async def begin_gate(self) -> None:
        """Start an edge that has its settings and is enrolled, and wait until it serves."""
        follow = self.folder.edge("export-journal", "--follow")
        self._feed = self._group.create_task(self.journal.follow(follow))
        await self.start_edge()
        await self.until_edge_is_current()

    async def end(self) -> None:
        """End everything, the gate first."""
        if self._feed is not None:
            self._feed.cancel()
        program, self._edge = self._edge, None
        if program is not None:
            await program.end()
        await self.stop_centre()

    # -- what is so ------------------------------------------------------------------------

    async def until_gate_serves(self) -> None:
        """Wait until no device of the gate is lost, as the edge's journal says.

        On a machine with too much to do the simulated board may answer too late for a moment.
        """
        await until(
            lambda: _answer(not self.journal.lost_devices()),
            "devices of the gate do not answer",
            limit_s=START_S,
        )

    async def until_edge_is_current(self) -> None:
        """Wait until the gate holds the newest rules, as its page at the centre says."""
        await until(
            lambda: self.desk.gate_is_current(MAIN_GATE),
            "the edge does not get the newest rules",
            limit_s=START_S,
        )

    async def log(self) -> list[LoggedEvent]:
        """The centre's access log, as security exports it."""
        return await self.desk.exported_log()

    async def until_delivered(self) -> None:
        """Wait until every line of the edge's journal stands in the centre's log."""
        await until(self._all_is_delivered, "the edge's journal is not delivered", limit_s=START_S)

    # -- inner workings --------------------------------------------------------------------

    async def _start(
        self, program: Program, current: Callable[[], RunningProgram | None]
    ) -> RunningProgram:
        running = await start(program)
        self._group.create_task(self._watch(running, current))
        return running

    async def _watch(
        self, running: RunningProgram, current: Callable[[], RunningProgram | None]
    ) -> None:
        """A program that ends although nobody wanted it to ends the whole run."""
        try:
            await running.watch()
        except ProgramFailed:
            if current() is running:
                raise

    def _first_link(self) -> str:
        """The link that the centre printed for its first administrator."""
        log = self.folder.centre("serve").log
        found = re.search(r"https?://\S+/link/\S+", log.read_text(errors="replace"))
        if found is None:
            raise ProgramFailed(f"the centre printed no link for the first administrator in {log}")
        return found[0]

    def _ready_devices(self) -> int:
        return sum(line.event.kind is AccessEventKind.DEVICE_READY for line in self.journal.lines)

    async def _all_is_delivered(self) -> bool:
        return len(await self.log()) >= len(self.journal.lines)


async def _answer(value: bool) -> bool:  # noqa: FBT001 - the value itself
    return value
