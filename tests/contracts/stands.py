"""STANDS: where each registered driver is tried. A driver is tried once it is listed here.

A stand is a driver with its simulator at the far end of a real wire, and what a person, the cable
or the wire can do there. What a driver promises stands in its `checklist.toml`; a promise that
needs something a stand does not offer fails, and says what is missing.

    async with STANDS["modbus_turnstile"].lay(folder, Wire(baud=9600)) as stand: ...
"""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from access_core.devices.ports import Driver
from access_core.ids import DeviceId
from device_drivers.modbus_turnstile.settings import ModbusTurnstileSettings
from device_drivers.qr_camera.settings import QrCameraSettings
from device_drivers.registry import make_door, make_reader
from device_drivers.serial_scanner.settings import SerialScannerSettings
from device_drivers.shared import Shared
from device_drivers.system_clock import SystemClock
from device_drivers.transports.serial_settings import SerialLineSettings
from simulators.line import Fault, SimulatedLine, Toward
from simulators.modbus_turnstile import SimulatedTurnstile
from simulators.qr_camera import SimulatedCamera, View, phone_with_text, see
from simulators.serial_scanner import SimulatedScanner
from simulators.turnstile_lane import LaneTimes, Way

DEVICE: Final = DeviceId("device")
"""The name of the device on every stand."""
TEXT: Final = "CP1:A PASS"
QUICK_LANE: Final = LaneTimes(arm_ms=20, wait_ms=400, turn_ms=120, pulse_ms=60, reset_ms=80)


@dataclass(frozen=True, slots=True)
class Wire:
    """What lies between driver and device."""

    baud: int | None = None
    """Paced like a line of this speed; None: as fast as it goes."""
    seed: int = 1
    """Of whatever chance the simulators have."""


DIRECT: Final = Wire()
PACED: Final = Wire(baud=9600)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """A driver, not yet running, with its simulator. None: this stand cannot do it."""

    driver: Driver
    act: Callable[[], Awaitable[None]]
    """What a person does there, once: hold up a credential, or go through. Returns when done."""
    unplug: Callable[[], None]
    """Cut the device off so that the driver must notice."""
    plug_in: Callable[[], None]
    """Undo it."""
    services: tuple[Callable[[], Coroutine[None, None, None]], ...] = ()
    """`run` of everything that `Shared` has made for the driver; runs beside it."""
    payload: Callable[[], bytes] | None = None
    """Readers: what the latest act is reported as; each act presents something else if it can."""
    has_checksum: bool = True
    """False if a bit flipped on the wire may be reported as another credential."""
    act_in_pieces: Callable[[], Awaitable[None]] | None = None
    """The same act, its bytes arriving in several reads."""
    make_noise: Callable[[random.Random], None] | None = None
    """Let noise arrive that is no frame."""
    hurt: Callable[[random.Random], None] | None = None
    """Let one fault of the link befall what comes next."""
    return_with_old_read: Callable[[], Awaitable[None]] | None = None
    """Readers, while unplugged: plug in again, with a read that has waited in the device."""
    lose_answers: Callable[[], None] | None = None
    """Doors: from now on the device hears and its answers are lost."""
    pulses: Callable[[], int] | None = None
    """Doors: how often the lane's relay was released since the beginning, as the lane saw it."""
    until_locked: Callable[[], Awaitable[None]] | None = None
    """Doors: returns once the lane is locked again."""


Lay = Callable[[Path, Wire], contextlib.AbstractAsyncContextManager[Stand]]


@dataclass(frozen=True, slots=True)
class StandEntry:
    """How to lay the stand of one kind of driver, and on which wires it is tried."""

    lay: Lay
    """Gives a stand whose files lie in the folder; takes everything away at the end."""
    wires: tuple[Wire, ...] = (DIRECT, PACED)
    """Drivers without a serial line have `DIRECT` alone."""


def noise_on(line: SimulatedLine) -> Callable[[random.Random], None]:
    """A `make_noise` for a simulated line."""

    def make_noise(dice: random.Random) -> None:
        line.inject(Toward.DRIVER, dice.randbytes(dice.randint(1, 40)))

    return make_noise


def in_pieces(
    line: SimulatedLine, act: Callable[[], Awaitable[None]]
) -> Callable[[], Awaitable[None]]:
    """An `act_in_pieces` for a simulated line."""

    async def act_in_pieces() -> None:
        line.arm(Toward.DRIVER, Fault.PIECES)
        await act()

    return act_in_pieces


def answers_lost_on(line: SimulatedLine) -> Callable[[], None]:
    """A `lose_answers` for a simulated line."""

    def lose_answers() -> None:
        line.arm(Toward.DRIVER, *[Fault.DROP] * 1_000)

    return lose_answers


def line_fault(line: SimulatedLine) -> Callable[[random.Random], None]:
    """A `hurt` for a simulated line: any fault, towards the driver."""

    def hurt(dice: random.Random) -> None:
        faults = (Fault.DROP, Fault.HALF, Fault.FLIP, Fault.DUPLICATE, Fault.JUNK_BEFORE)
        line.arm(Toward.DRIVER, dice.choice(faults))

    return hurt


@contextlib.asynccontextmanager
async def camera_stand(folder: Path, wire: Wire) -> AsyncIterator[Stand]:
    """A camera whose frames lie in a folder."""
    spool, away = folder / "spool", folder / "away"
    camera = SimulatedCamera(spool)
    frame = see(phone_with_text(TEXT), View(), np.random.default_rng(wire.seed + 4))
    settings = QrCameraSettings(source=f"spool:{spool}", gone_after_ms=100, spool_poll_ms=5)

    async def hold_up() -> None:
        camera.show(frame)

    def unplug() -> None:
        spool.rename(away)

    def plug_in() -> None:
        away.rename(spool)

    yield Stand(
        driver=make_reader(settings, DEVICE, SystemClock(), Shared()),
        act=hold_up,
        unplug=unplug,
        plug_in=plug_in,
        payload=TEXT.encode,
    )


@contextlib.asynccontextmanager
async def scanner_stand(folder: Path, wire: Wire) -> AsyncIterator[Stand]:
    """A scanner on a line; each act shows another code."""
    async with (
        SimulatedLine(folder, baud=wire.baud, seed=wire.seed) as line,
        SimulatedScanner(line.far_port, seed=wire.seed) as scanner,
    ):
        settings = SerialScannerSettings(
            line=SerialLineSettings(port=str(line.near_port)), settle_ms=20, repeat_after_ms=500
        )
        scans = 0

        async def scan() -> None:
            nonlocal scans
            scans += 1
            scanner.scan(payload())

        def payload() -> bytes:
            return f"{TEXT} {scans}".encode()

        driver = make_reader(settings, DEVICE, SystemClock(), Shared())

        async def return_with_old_read() -> None:
            # A scanner that has kept a read sends it as soon as somebody opens the port.
            epoch = driver.health().epoch
            line.plug_in()
            while driver.health().epoch == epoch:  # noqa: ASYNC110 - its events are the test's
                await asyncio.sleep(0.001)
            await scan()

        yield Stand(
            driver=driver,
            act=scan,
            unplug=line.unplug,
            plug_in=line.plug_in,
            payload=payload,
            has_checksum=False,
            act_in_pieces=in_pieces(line, scan),
            make_noise=noise_on(line),
            hurt=line_fault(line),
            return_with_old_read=return_with_old_read,
        )


@contextlib.asynccontextmanager
async def turnstile_stand(folder: Path, wire: Wire) -> AsyncIterator[Stand]:
    """A turnstile on a line."""
    async with (
        SimulatedLine(folder, baud=wire.baud, seed=wire.seed) as line,
        SimulatedTurnstile(line.far_port, times=QUICK_LANE) as board,
    ):
        settings = ModbusTurnstileSettings(
            line=SerialLineSettings(port=str(line.near_port)), answer_ms=100
        )

        async def go_through() -> None:
            board.lane.free()
            await board.walk(Way.ENTRY)

        async def until_locked() -> None:
            assert await board.until_locked()

        yield Stand(
            driver=make_door(settings, DEVICE, SystemClock(), Shared()),
            act=go_through,
            unplug=line.unplug,
            plug_in=line.plug_in,
            act_in_pieces=in_pieces(line, go_through),
            make_noise=noise_on(line),
            hurt=line_fault(line),
            lose_answers=answers_lost_on(line),
            pulses=lambda: board.oracle.releases_entry + board.oracle.releases_exit,
            until_locked=until_locked,
        )


STANDS: Final[dict[str, StandEntry]] = {
    "qr_camera": StandEntry(camera_stand, wires=(DIRECT,)),
    "serial_scanner": StandEntry(scanner_stand),
    "modbus_turnstile": StandEntry(turnstile_stand),
}
"""Kind as in the registry -> its stand. One line a driver."""
