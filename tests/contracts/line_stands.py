"""Stands of readers that only speak: scanners, tag readers, keyboards."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator
from pathlib import Path

from access_core.devices.ports import Driver
from device_drivers.em4100.settings import Em4100Settings
from device_drivers.keyboard_wedge.settings import KeyboardWedgeSettings
from device_drivers.registry import make_reader
from device_drivers.serial_scanner.settings import SerialScannerSettings
from device_drivers.shared import Shared
from device_drivers.system_clock import SystemClock
from device_drivers.transports.serial_settings import SerialLineSettings
from device_drivers.transports.tcp_settings import TcpLineSettings
from simulators.keyboard import SimulatedKeyboard
from simulators.line import SimulatedLine
from simulators.serial_scanner import SimulatedScanner
from simulators.serial_server import SimulatedSerialServer
from simulators.tag_reader import SimulatedTagReader
from tests.contracts.stand import DEVICE, TEXT, Stand, Wire, in_pieces, line_fault, noise_on

LineSettings = SerialLineSettings | TcpLineSettings


async def until_back(driver: Driver, epoch: int) -> None:
    """Return once `driver` has connected again since `epoch`."""
    while driver.health().epoch == epoch:  # noqa: ASYNC110 - its events are the test's
        await asyncio.sleep(0.001)


@contextlib.asynccontextmanager
async def scanner_stand(folder: Path, wire: Wire) -> AsyncIterator[Stand]:
    """A scanner on a line, here or behind a serial server; each act shows another code."""
    async with (
        SimulatedLine(folder, baud=wire.baud, seed=wire.seed) as line,
        SimulatedScanner(line.far_port, seed=wire.seed) as scanner,
        contextlib.AsyncExitStack() as stack,
    ):
        unplug, plug_in = line.unplug, line.plug_in
        settings: LineSettings = SerialLineSettings(port=str(line.near_port))
        if wire.is_tcp:
            server = await stack.enter_async_context(SimulatedSerialServer(line.near_port))
            unplug, plug_in = server.power_off, server.power_on
            settings = TcpLineSettings(host="127.0.0.1", tcp_port=server.tcp_port)
        scans = 0
        driver = make_reader(
            SerialScannerSettings(line=settings, settle_ms=100, repeat_after_ms=500),
            DEVICE,
            SystemClock(),
            Shared(),
        )

        async def scan() -> None:
            nonlocal scans
            scans += 1
            scanner.scan(payload())

        def payload() -> bytes:
            return f"{TEXT} {scans}".encode()

        async def return_with_old_read() -> None:
            # A scanner that has kept a read sends it as soon as somebody opens the port.
            epoch = driver.health().epoch
            plug_in()
            await until_back(driver, epoch)
            await scan()

        yield Stand(
            driver=driver,
            act=scan,
            unplug=unplug,
            plug_in=plug_in,
            payload=payload,
            has_checksum=False,
            act_in_pieces=in_pieces(line, scan),
            make_noise=noise_on(line),
            hurt=line_fault(line),
            return_with_old_read=return_with_old_read,
        )


@contextlib.asynccontextmanager
async def tag_reader_stand(folder: Path, wire: Wire) -> AsyncIterator[Stand]:
    """A reader of 125 kHz tags on a line; each act holds another tag there for a moment."""
    async with (
        SimulatedLine(folder, baud=wire.baud, seed=wire.seed) as line,
        SimulatedTagReader(line.far_port) as reader,
    ):
        tags = 0
        driver = make_reader(
            Em4100Settings(line=SerialLineSettings(port=str(line.near_port)), settle_ms=100),
            DEVICE,
            SystemClock(),
            Shared(),
        )

        async def hold() -> None:
            nonlocal tags
            tags += 1
            reader.read(_tag(tags))

        async def return_with_old_read() -> None:
            epoch = driver.health().epoch
            line.plug_in()
            await until_back(driver, epoch)
            await hold()

        yield Stand(
            driver=driver,
            act=hold,
            unplug=line.unplug,
            plug_in=line.plug_in,
            payload=lambda: b"EM4100:" + _tag(tags).hex().upper().encode(),
            act_in_pieces=in_pieces(line, hold),
            make_noise=noise_on(line),
            hurt=line_fault(line),
            return_with_old_read=return_with_old_read,
        )


def _tag(number: int) -> bytes:
    return b"\x62" + (0xE3086C00 + number).to_bytes(4)


@contextlib.asynccontextmanager
async def keyboard_stand(folder: Path, wire: Wire) -> AsyncIterator[Stand]:
    """A scanner that types; its input events come through a FIFO."""
    node = folder / "event-kbd"
    with SimulatedKeyboard(node, seed=wire.seed) as keyboard:
        scans = 0
        driver = make_reader(
            KeyboardWedgeSettings(device=str(node), settle_ms=100, repeat_after_ms=500),
            DEVICE,
            SystemClock(),
            Shared(),
        )

        async def scan() -> None:
            nonlocal scans
            scans += 1
            keyboard.scan(text())

        def text() -> str:
            return f"{TEXT} {scans}"

        async def scan_in_pieces() -> None:
            nonlocal scans
            scans += 1
            for event in keyboard.typed(text()) + keyboard.key(28):
                keyboard.send(bytes([event]))
                await asyncio.sleep(0)

        def make_noise(dice: random.Random) -> None:
            keyboard.press_others(dice.randint(1, 20))

        def hurt(dice: random.Random) -> None:
            dice.choice((keyboard.lose_keys, keyboard.type_half))(TEXT)

        async def return_with_old_read() -> None:
            epoch = driver.health().epoch
            keyboard.plug_in()
            await until_back(driver, epoch)
            await scan()

        yield Stand(
            driver=driver,
            act=scan,
            unplug=keyboard.unplug,
            plug_in=keyboard.plug_in,
            payload=lambda: text().encode(),
            has_checksum=False,
            act_in_pieces=scan_in_pieces,
            make_noise=make_noise,
            hurt=hurt,
            return_with_old_read=return_with_old_read,
        )
