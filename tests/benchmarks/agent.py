"""The edge agent as a process of its own: how soon it decides, how much memory it takes."""

import asyncio
import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Final

import numpy as np
import psutil

from access_core.errors import AccessControlError
from access_core.ids import KeyId
from access_core.wire.messages import VERSION, EnrolResponse
from device_drivers.system_clock import SystemClock
from edge_agent.link.identity import make_or_load_key, save_enrolment
from simulators.entrance import Entrance
from simulators.processes import Program, RunningProgram, last_lines, start
from simulators.qr_camera import View, phone_with_text, see
from simulators.turnstile_lane import Way
from tests.benchmarks.decision import BUILD
from tests.benchmarks.figure import Figure, at_most
from tests.benchmarks.full_gate import issue_passes, store_rules, text_now
from tests.builders import EDGE, POLICY_KEY, POLICY_KID, RECEIPT_KEY, RECEIPT_KID, SITE, named
from tests.issuer import IssuedPass

_EDGE_AGENT: Final = Path(sys.executable).with_name("edge-agent")
_PACE: Final = 0.2
"""Five times as fast as a real rotor."""
_WAIT_S: Final = 30.0
_SETTLE_S: Final = 0.3
"""Longer than the scanner's `settle_ms`: reads before it may be old and are not acted on."""
_LOOK_S: Final = 0.02
_ROUNDS: Final = 3
_VISITORS: Final = 12
_MIB: Final = 1024 * 1024
_SETTINGS: Final = """
[edge]
id = "{edge}"
state_dir = "{folder}/state"
[centre]
url = "http://127.0.0.1:9"
[gate]
id = "north-1"
{reader_in}
[[readers]]
id = "camera-out"
access_point = "north-1-out"
kind = "serial_scanner"
[readers.line]
port = "{scanner_out}"
[door]
id = "turnstile"
kind = "modbus_turnstile"
[door.line]
port = "{turnstile}"
baud = 19200
"""
_SCANNER: Final = """
[[readers]]
id = "camera-in"
access_point = "north-1-in"
kind = "serial_scanner"
[readers.line]
port = "{port}"
"""
_CAMERA: Final = """
[[readers]]
id = "camera-in"
access_point = "north-1-in"
kind = "qr_camera"
source = "spool:{frames}"
"""


@dataclass(frozen=True, slots=True)
class AgentRun:
    """What one run of the agent showed."""

    first_release_s: float
    """From starting the process to the turnstile's first release."""
    resident_mib: float
    """After the visitors, with its children."""


def agent() -> Iterator[Figure]:
    """The whole program with 50,000 credentials, no centre in reach."""
    without = [asyncio.run(_run_agent(with_camera=False)) for _ in range(_ROUNDS)]
    with_camera = asyncio.run(_run_agent(with_camera=True))
    yield Figure(
        id="gate.agent.start",
        what="start of the process to the first release, 50,000 credentials",
        value=max(run.first_release_s for run in without),
        unit="s",
        target=at_most(3),
        note=f"slowest of {_ROUNDS}",
    )
    yield Figure(
        id="gate.agent.memory",
        what="resident memory without camera, 50,000 credentials",
        value=max(run.resident_mib for run in without),
        unit="MiB",
        target=at_most(120),
    )
    yield Figure(
        id="gate.agent.memory_with_camera",
        what="resident memory with camera, its decoder processes included",
        value=with_camera.resident_mib,
        unit="MiB",
    )


async def _run_agent(*, with_camera: bool) -> AgentRun:
    clock = SystemClock()
    now_s = clock.now().wall_s
    passes = issue_passes(_VISITORS, now_s)
    BUILD.mkdir(exist_ok=True)
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=BUILD)))
        await _enrolled_state(folder / "state", passes, now_s)
        entrance = await stack.enter_async_context(
            Entrance(folder / "ports", lane_pace=_PACE, seed=1)
        )
        lane = _Lane(folder, entrance, clock, with_camera=with_camera)
        running = await lane.start_agent()
        stack.push_async_callback(running.end)
        began = monotonic()
        await lane.until_ready()
        await lane.let_in(passes[0])
        first_release_s = monotonic() - began
        for issued in passes[1:]:
            await lane.go_through()
            await lane.let_in(issued)
        return AgentRun(first_release_s, _resident_mib(running))


class _Lane:
    """The agent's process and what people do before its reader."""

    def __init__(
        self, folder: Path, entrance: Entrance, clock: SystemClock, *, with_camera: bool
    ) -> None:
        self._folder, self._entrance, self._clock = folder, entrance, clock
        self._with_camera = with_camera
        self._log = folder / "agent.log"
        self._rng = np.random.default_rng(1)
        self._gone_through = 0

    async def start_agent(self) -> RunningProgram:
        """The process, just started."""
        # The way in is on the scanner's port, so the way out gets one where nothing is plugged in.
        reader_in = (
            _CAMERA.format(frames=self._entrance.frames)
            if self._with_camera
            else _SCANNER.format(port=self._entrance.scanner_port)
        )
        scanner_out = self._folder / "nothing-here"
        settings = self._folder / "edge.toml"
        await asyncio.to_thread(
            settings.write_text,
            _SETTINGS.format(
                edge=EDGE,
                folder=self._folder,
                reader_in=reader_in,
                scanner_out=scanner_out,
                turnstile=self._entrance.turnstile_port,
            ),
        )
        words = [str(_EDGE_AGENT), "run", "--config", str(settings)]
        return await start(Program("edge agent", words, self._log, {"PATH": ""}))

    async def until_ready(self) -> None:
        """Wait until the entry reader and the door are in service, and reads count as fresh."""
        await self._until_recorded("device_ready", 2)
        await asyncio.sleep(_SETTLE_S)

    async def go_through(self) -> None:
        """Walk through the released turnstile, and wait until the agent has recorded it."""
        await self._entrance.turnstile.until_released(Way.ENTRY)
        await self._entrance.turnstile.walk(Way.ENTRY)
        self._gone_through += 1
        await self._until_recorded("access_taken", self._gone_through)

    async def let_in(self, issued: IssuedPass) -> None:
        """Hold a pass up until the turnstile is released for it."""
        before = self._entrance.oracle.releases_entry
        if not self._with_camera:
            self._entrance.scanner.scan(text_now(issued, self._clock))
        give_up_s = monotonic() + _WAIT_S
        while self._entrance.oracle.releases_entry == before:
            if monotonic() > give_up_s:
                raise AccessControlError(
                    f"the turnstile was not released within {_WAIT_S:.0f} s\n"
                    f"{last_lines(self._log)}"
                )
            if self._with_camera:
                phone = phone_with_text(text_now(issued, self._clock).decode())
                self._entrance.camera.show(see(phone, View(), self._rng))
            await asyncio.sleep(_LOOK_S)

    async def _until_recorded(self, kind: str, count: int) -> None:
        async with asyncio.timeout(_WAIT_S):
            while self._recorded(kind) < count:  # noqa: ASYNC110 - another program sets no event
                await asyncio.sleep(_LOOK_S)

    def _recorded(self, kind: str) -> int:
        lines = self._log.read_text().splitlines()
        entries = [json.loads(line) for line in lines if line.startswith("{")]
        return sum(entry.get("kind") == kind for entry in entries)


async def _enrolled_state(folder: Path, passes: list[IssuedPass], now_s: int) -> None:
    await asyncio.to_thread(folder.mkdir, parents=True)
    make_or_load_key(folder)
    save_enrolment(
        folder,
        EnrolResponse(
            version=VERSION,
            edge_id=EDGE,
            site_id=SITE,
            policy_keys=(named(KeyId(POLICY_KID), POLICY_KEY),),
            receipt_keys=(named(KeyId(RECEIPT_KID), RECEIPT_KEY),),
            now_ms=now_s * 1000,
        ),
    )
    await store_rules(folder, passes, now_s)


def _resident_mib(running: RunningProgram) -> float:
    process = psutil.Process(running.pid)
    family = [process, *process.children(recursive=True)]
    return sum(member.memory_info().rss for member in family) / _MIB
