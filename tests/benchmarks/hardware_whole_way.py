"""The whole way: from the last byte of a code at the scanner to the relay of the turnstile.

Scanner driver, gate, journal on disk and turnstile driver as at a gate, on a pseudo-terminal and
a line paced at 115200 baud. Beside it stand the parts that no program can leave out, measured in
the same run: one commit of that row by bare SQLite, one Ed25519 verification, and the order on
the wire.
"""

import asyncio
import os
import tempfile
import tty
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median
from time import perf_counter_ns
from typing import Final

from access_core.devices.ports import Driver
from access_core.ids import DeviceId
from access_core.model.access_event import AccessEvent
from access_core.model.access_event import AccessEventKind as Kind
from access_core.passes.pass_token import SignedPass, parse
from access_core.passes.signing import _to_be_signed
from device_drivers.modbus_turnstile.settings import ModbusTurnstileSettings
from device_drivers.registry import make_door, make_reader
from device_drivers.serial_scanner.settings import SerialScannerSettings
from device_drivers.shared import Shared
from device_drivers.system_clock import SystemClock
from edge_agent.gate.machine import GateMachine
from edge_agent.journal import Row
from edge_agent.recorder import Recorder
from edge_agent.runner import GateRunner, GateSurroundings
from edge_agent.stores import Stores, facts_of, open_stores
from simulators.line import BITS_PER_CHARACTER, SimulatedLine
from simulators.modbus_turnstile import SimulatedTurnstile
from simulators.turnstile_lane import LaneTimes, Way
from tests.benchmarks.decision import BUILD, BareJournal, DarkReader
from tests.benchmarks.figure import Figure, at_most
from tests.benchmarks.full_gate import issue_passes, store_rules, text_now
from tests.benchmarks.interleave import p99
from tests.builders import DOOR, READER_IN, READER_OUT, a_setup
from tests.issuer import KEY, IssuedPass

_VISITORS: Final = 150
_BAUD: Final = 115_200
_ORDER_BYTES: Final = 8
_SETTLE_S: Final = 0.5
"""Longer than the scanner's `settle_ms`: reads before it may be old and are not acted on."""
_SWIFT: Final = LaneTimes(arm_ms=1, wait_ms=1_000, turn_ms=5, pulse_ms=5, reset_ms=200)


def whole_way() -> Iterator[Figure]:
    """A hundred and fifty visitors at a gate with 50,000 credentials, one after the other."""
    ours, commits, verifications = asyncio.run(_visitors_go_in())
    wire_ms = _ORDER_BYTES * BITS_PER_CHARACTER * 1000 / _BAUD
    floor_ms = median(commits) + median(verifications) + wire_ms
    parts = (
        f"commit {median(commits):.2f} + verification {median(verifications):.2f}"
        f" + wire {wire_ms:.2f} ms"
    )
    yield Figure(
        id="hardware.whole_way.median",
        what="last byte of a code to the relay, row on disk, 115200 baud: median"
        " vs the parts that cannot be left out",
        value=median(ours),
        unit="ms",
        reference=floor_ms,
        target=at_most(5),
        note=f"reference: {parts}; {_VISITORS} visitors",
    )
    yield Figure(
        id="hardware.whole_way.p99",
        what="the same: p99 vs p99 of one bare commit",
        value=p99(ours),
        unit="ms",
        reference=p99(commits),
        target=at_most(25),
    )


async def _visitors_go_in() -> tuple[list[float], list[float], list[float]]:
    clock = SystemClock()
    now_s = clock.now().wall_s
    passes = issue_passes(_VISITORS, now_s)
    BUILD.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=BUILD) as name:
        folder = Path(name)
        await store_rules(folder, passes, now_s)
        bare = BareJournal(folder / "bare.db")
        try:
            async with open_stores(folder, clock) as stores, _Lane.at_work(folder, stores) as lane:
                return await _measure(lane, passes, bare)
        finally:
            bare.close()


class _Lane:
    """A gate with a scanner at one end and a turnstile at the other."""

    def __init__(self, scanner: int, port: Path, line: SimulatedLine, stores: Stores) -> None:
        self.clock = SystemClock()
        self.relay, self.answered, self.taken = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self.ready = asyncio.Semaphore(0)
        """Released once for each device that is in service."""
        self.relay_ns = 0
        self.granted: list[tuple[Row, AccessEvent]] = []
        self._releases = 0
        self._scanner = scanner
        self.board = SimulatedTurnstile(
            line.far_port, times=_SWIFT, baud=_BAUD, on_change=self._look
        )
        shared = Shared()
        self.reader = make_reader(
            SerialScannerSettings.model_validate({"line": {"port": str(port), "baud": _BAUD}}),
            READER_IN,
            self.clock,
            shared,
        )
        self.door = make_door(
            ModbusTurnstileSettings.model_validate(
                {"line": {"port": str(line.near_port), "baud": _BAUD}}
            ),
            DOOR,
            self.clock,
            shared,
        )
        self.services = shared.services()
        self.recorder = Recorder(stores.journal, self.clock, self._recorded)
        self.runner = GateRunner(
            GateMachine(a_setup(), facts_of(stores.cache.stored)),
            GateSurroundings(
                clock=self.clock,
                door=self.door,
                readers={READER_IN: self.reader, READER_OUT: DarkReader(DeviceId(READER_OUT))},
                recorder=self.recorder,
                journal=stores.journal,
                cache=stores.cache,
                record_deadline_ms=300,
                released=lambda _: self.answered.set(),
            ),
        )

    @classmethod
    @asynccontextmanager
    async def at_work(cls, folder: Path, stores: Stores) -> AsyncIterator["_Lane"]:
        """Everything running, the door locked, reads fresh."""
        master, slave = os.openpty()
        tty.setraw(slave)
        async with SimulatedLine(folder, baud=_BAUD) as line:
            lane = cls(master, Path(os.ttyname(slave)), line, stores)
            async with lane.board, asyncio.TaskGroup() as group:
                works = [lane.recorder.run(), lane.runner.run()]
                works += [service.run() for service in lane.services]
                for driver in (lane.reader, lane.door):
                    works += [driver.run(), lane.pump(driver)]
                tasks = [group.create_task(work) for work in works]
                for _ in (lane.reader, lane.door):
                    await lane.ready.acquire()
                await asyncio.sleep(_SETTLE_S)
                yield lane
                for task in tasks:
                    task.cancel()
        os.close(master)
        os.close(slave)

    async def pump(self, driver: Driver) -> None:
        """What a driver reports reaches the gate."""
        async for event in driver.events():
            await self.runner.put(event)

    async def let_in(self, issued: IssuedPass) -> float:
        """Milliseconds to the relay; the visitor has gone in after."""
        for event in (self.relay, self.answered, self.taken):
            event.clear()
        line = text_now(issued, self.clock) + b"\r"
        os.write(self._scanner, line[:-1])
        await asyncio.sleep(0.005)
        start_ns = perf_counter_ns()
        os.write(self._scanner, line[-1:])
        async with asyncio.timeout(5):
            await self.relay.wait()
            # Nobody is through before the board has been read once more.
            await self.answered.wait()
            await self.board.walk(Way.ENTRY)
            await self.taken.wait()
        return (self.relay_ns - start_ns) / 1e6

    def _recorded(self, event: AccessEvent, row: Row) -> None:
        if event.kind is Kind.ACCESS_GRANTED:
            self.granted.append((row, event))
        elif event.kind is Kind.ACCESS_TAKEN:
            self.taken.set()
        elif event.kind is Kind.DEVICE_READY:
            self.ready.release()

    def _look(self) -> None:
        now_ns = perf_counter_ns()
        if self.board.oracle.releases_entry > self._releases:
            self._releases = self.board.oracle.releases_entry
            self.relay_ns = now_ns
            self.relay.set()


async def _measure(
    lane: _Lane, passes: list[IssuedPass], bare: BareJournal
) -> tuple[list[float], list[float], list[float]]:
    ours: list[float] = []
    commits: list[float] = []
    verifications: list[float] = []
    for issued in passes:
        ours.append(await lane.let_in(issued))
        await lane.recorder.settled()
        commits.append(bare.append(*lane.granted[-1]) / 1000)
        verifications.append(_verification_ms(text_now(issued, lane.clock)))
    return ours, commits, verifications


def _verification_ms(text: bytes) -> float:
    signed = parse(text)
    if not isinstance(signed, SignedPass):
        raise TypeError(signed)
    key, message = KEY.public_key(), _to_be_signed(signed.protected, signed.payload)
    start_ns = perf_counter_ns()
    key.verify(signed.signature, message)
    return (perf_counter_ns() - start_ns) / 1e6
