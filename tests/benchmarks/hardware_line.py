"""A scanner on a serial line: how much the program adds to what the wire takes.

Simulated scanner, paced line and driver share one process; the wire's time is computed from the
bytes. Lines of different speed take turns, so that a busy machine is busy for all of them.
"""

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter_ns
from typing import Final

from access_core.devices.events import CredentialPresented, DeviceEvent, DeviceReady
from access_core.ids import DeviceId
from device_drivers.serial_scanner.settings import SerialScannerSettings
from device_drivers.serial_scanner.supervisor import SerialScannerDriver
from device_drivers.system_clock import SystemClock
from device_drivers.transports.serial_settings import SerialLineSettings
from simulators.line import BITS_PER_CHARACTER, SimulatedLine
from simulators.serial_scanner import SimulatedScanner
from tests.benchmarks.figure import Figure, at_most

_SCANS: Final = 60
_CHARACTERS: Final = 120
"""A pass at its longest; with its terminator one more."""
_BAUDS: Final = (9_600, 115_200)
_BESIDE_THE_WIRE_MS: Final = 2.0
_SETTLE_MS: Final = 20


def codes() -> Iterator[Figure]:
    """From the beginning of a code of 120 characters to its event."""
    times = asyncio.run(_measured())
    unpaced_ms = times[None]
    for baud in _BAUDS:
        wire_ms = (_CHARACTERS + 1) * BITS_PER_CHARACTER * 1000 / baud
        beside_ms = [taken - wire_ms for taken in times[baud]]
        what = f"code of {_CHARACTERS} characters at {baud} baud to event"
        yield Figure(
            id=f"hardware.line.qr_{baud}",
            what=f"{what}, median above its {wire_ms:.1f} ms of wire",
            value=median(beside_ms),
            unit="ms",
            target=at_most(_BESIDE_THE_WIRE_MS),
            note=f"without a wire in the same run: {median(unpaced_ms):.2f} ms",
        )
        yield Figure(
            id=f"hardware.line.qr_{baud}_p95",
            what=f"{what}, p95 above the wire",
            value=quantiles(beside_ms, n=20)[-1],
            unit="ms",
            target=at_most(_BESIDE_THE_WIRE_MS),
        )
    yield Figure(
        id="hardware.line.qr_event",
        what=f"code of {_CHARACTERS} characters, all there at once, to event, p95",
        value=quantiles(unpaced_ms, n=20)[-1],
        unit="ms",
        target=at_most(_BESIDE_THE_WIRE_MS),
    )


async def _measured() -> dict[int | None, list[float]]:
    """Milliseconds from each scan to its event, by baud; None: without pacing."""
    times: dict[int | None, list[float]] = {None: [], **{baud: [] for baud in _BAUDS}}
    with tempfile.TemporaryDirectory() as folder:
        async with contextlib.AsyncExitStack() as stack:
            gates = {
                baud: await stack.enter_async_context(_scanner(Path(folder), baud))
                for baud in times
            }
            for number in range(_SCANS):
                for baud, (scanner, events) in gates.items():
                    text = f"CP1:{number:04}".ljust(_CHARACTERS, "A")
                    begun_ns = perf_counter_ns()
                    scanner.scan(text)
                    while not isinstance(await anext(events), CredentialPresented):
                        pass
                    times[baud].append((perf_counter_ns() - begun_ns) / 1e6)
    return times


@contextlib.asynccontextmanager
async def _scanner(
    folder: Path, baud: int | None
) -> AsyncIterator[tuple[SimulatedScanner, AsyncIterator[DeviceEvent]]]:
    async with (
        SimulatedLine(folder, baud=baud, name=f"line-{baud}") as line,
        SimulatedScanner(line.far_port, terminator=b"\r") as scanner,
        asyncio.TaskGroup() as group,
    ):
        settings = SerialScannerSettings(
            line=SerialLineSettings(port=str(line.near_port), baud=115_200), settle_ms=_SETTLE_MS
        )
        driver = SerialScannerDriver(settings, DeviceId("scanner"), SystemClock())
        task = group.create_task(driver.run())
        events = driver.events()
        while not isinstance(await anext(events), DeviceReady):
            pass
        yield scanner, events
        task.cancel()
