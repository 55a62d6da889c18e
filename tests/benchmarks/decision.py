"""From a code held up to the release command, the journal row on disk in between."""

import asyncio
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from statistics import median
from time import perf_counter_ns
from typing import Final

from access_core.devices.commands import (
    FreeDoor,
    ReleaseDoor,
    ReleaseOutcome,
    ReleaseResult,
    SecureDoor,
    ShowFeedback,
)
from access_core.devices.events import (
    CredentialPresented,
    DeviceEvent,
    DeviceReady,
    Direction,
    Medium,
    Origin,
    PassageSensed,
)
from access_core.devices.health import DeviceHealth
from access_core.ids import DeviceId
from access_core.model.access_event import AccessEvent, AccessEventKind
from device_drivers.system_clock import SystemClock
from edge_agent.gate.machine import GateMachine
from edge_agent.journal import Row
from edge_agent.recorder import Recorder
from edge_agent.runner import GateRunner, GateSurroundings
from edge_agent.stores import Stores, facts_of, open_stores
from tests.benchmarks.figure import Figure, times_at_most
from tests.benchmarks.full_gate import issue_passes, store_rules, text_now
from tests.benchmarks.interleave import p99
from tests.builders import DOOR, READER_IN, READER_OUT, a_setup
from tests.issuer import IssuedPass
from tests.twins import always_ready

BUILD: Final = Path(__file__).parents[2] / "build"
_DECISIONS: Final = 1_000
_QUIET: Final[tuple[DeviceEvent, ...]] = ()
_BARE: Final = "INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_BARE_TABLE: Final = """CREATE TABLE journal (seq INTEGER PRIMARY KEY, line BLOB, hash BLOB,
  kind TEXT, wall_ms INTEGER, decision_id TEXT, pass_id BLOB, direction TEXT,
  accepted_step INTEGER, entries INTEGER)"""


class InstantDoor:
    """A door that answers at once and says when it was told."""

    device_id = DOOR

    def __init__(self) -> None:
        """Nothing told yet."""
        self.told = asyncio.Event()
        self.told_at_ns = 0

    async def run(self) -> None:
        """It has nothing to serve."""

    async def events(self) -> AsyncIterator[DeviceEvent]:
        """It reports nothing by itself."""
        for event in _QUIET:
            yield event

    def health(self) -> DeviceHealth:
        """Ready."""
        return always_ready(self.device_id)

    async def release(self, command: ReleaseDoor) -> ReleaseResult:
        """Note the moment."""
        self.told_at_ns = perf_counter_ns()
        self.told.set()
        return ReleaseResult(command_id=command.command_id, outcome=ReleaseOutcome.CONFIRMED)

    async def secure(self, command: SecureDoor) -> ReleaseResult:
        """Locked."""
        return ReleaseResult(command_id=command.command_id, outcome=ReleaseOutcome.CONFIRMED)

    async def free(self, command: FreeDoor) -> ReleaseResult:
        """Free."""
        return ReleaseResult(command_id=command.command_id, outcome=ReleaseOutcome.CONFIRMED)


class DarkReader:
    """A reader without a display."""

    def __init__(self, device_id: DeviceId) -> None:
        """Named as in the settings."""
        self.device_id = device_id

    async def run(self) -> None:
        """It has nothing to serve."""

    async def events(self) -> AsyncIterator[DeviceEvent]:
        """It reports nothing by itself."""
        for event in _QUIET:
            yield event

    def health(self) -> DeviceHealth:
        """Ready."""
        return always_ready(self.device_id)

    async def show(self, feedback: ShowFeedback) -> None:
        """Nothing to see."""


class BareJournal:
    """The same row by bare sqlite3: one INSERT, one commit, one sync."""

    def __init__(self, path: Path) -> None:
        """A table of the same columns, with neither triggers nor a second index."""
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=FULL")
        self._db.execute(_BARE_TABLE)

    def append(self, row: Row, event: AccessEvent) -> float:
        """Microseconds that it took."""
        direction = None if event.direction is None else event.direction.value
        values = (row.seq, row.line, row.hash, event.kind.value, event.wall_ms)
        start = perf_counter_ns()
        self._db.execute(
            _BARE, (*values, event.decision_id, event.pass_id, direction, event.step, 0)
        )
        return (perf_counter_ns() - start) / 1000

    def close(self) -> None:
        """Close the file."""
        self._db.close()


def durable_decision() -> Iterator[Figure]:
    """A thousand visitors go in, each commit of a grant followed by the same row written bare."""
    ours, bare = asyncio.run(_visitors_go_in())
    yield Figure(
        id="gate.decision.p99",
        what="code held up to release command, row on disk, 50,000 credentials: p99"
        " vs p99 of one bare SQLite FULL commit of that row",
        value=p99(ours) / 1000,
        unit="ms",
        reference=p99(bare) / 1000,
        target=times_at_most(4),
        note=f"{_DECISIONS:,} decisions",
    )
    yield Figure(
        id="gate.decision.median",
        what="the same: median",
        value=median(ours) / 1000,
        unit="ms",
        reference=median(bare) / 1000,
    )


async def _visitors_go_in() -> tuple[list[float], list[float]]:
    clock = SystemClock()
    now_s = clock.now().wall_s
    passes = issue_passes(_DECISIONS, now_s)
    BUILD.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=BUILD) as folder:
        await store_rules(Path(folder), passes, now_s)
        bare = BareJournal(Path(folder) / "bare.db")
        try:
            async with open_stores(Path(folder), clock) as stores:
                return await _measure(_Lane(stores, clock), passes, bare)
        finally:
            bare.close()


class _Lane:
    """A gate runner round an instant door."""

    def __init__(self, stores: Stores, clock: SystemClock) -> None:
        self.clock = clock
        self.granted: list[tuple[Row, AccessEvent]] = []
        self.door = InstantDoor()
        self.recorder = Recorder(stores.journal, clock, self._recorded)
        self.runner = GateRunner(
            GateMachine(a_setup(), facts_of(stores.cache.stored)),
            GateSurroundings(
                clock=clock,
                door=self.door,
                readers={reader: DarkReader(reader) for reader in (READER_IN, READER_OUT)},
                recorder=self.recorder,
                journal=stores.journal,
                cache=stores.cache,
                record_deadline_ms=300,
            ),
        )

    def _recorded(self, event: AccessEvent, row: Row) -> None:
        if event.kind is AccessEventKind.ACCESS_GRANTED:
            self.granted.append((row, event))

    def origin(self, device: DeviceId) -> Origin:
        return Origin(device=device, epoch=1, sequence=1, at=self.clock.now())

    async def let_in(self, issued: IssuedPass) -> float:
        """Microseconds from a code held up to the release; the visitor has gone in after."""
        self.door.told.clear()
        payload = text_now(issued, self.clock)
        event = CredentialPresented(
            origin=self.origin(READER_IN), medium=Medium.QR, payload=payload
        )
        start = perf_counter_ns()
        await self.runner.put(event)
        async with asyncio.timeout(5):
            await self.door.told.wait()
        await self.runner.put(PassageSensed(origin=self.origin(DOOR), direction=Direction.ENTRY))
        return (self.door.told_at_ns - start) / 1000


async def _measure(
    lane: _Lane, passes: list[IssuedPass], bare: BareJournal
) -> tuple[list[float], list[float]]:
    ours: list[float] = []
    theirs: list[float] = []
    async with asyncio.TaskGroup() as group:
        running = [group.create_task(lane.recorder.run()), group.create_task(lane.runner.run())]
        await lane.runner.put(DeviceReady(origin=lane.origin(DOOR)))
        for issued in passes:
            ours.append(await lane.let_in(issued))
            await asyncio.sleep(0.001)  # let the passage be handled before the disk is shared
            await lane.recorder.settled()
            theirs.append(bare.append(*lane.granted[-1]))
        for task in running:
            task.cancel()
    return ours, theirs
