"""The scanner driver against a simulated scanner."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Literal

import pytest

from access_core.devices.events import (
    CredentialPresented,
    DeviceEvent,
    DeviceLost,
    DeviceReady,
    Medium,
)
from access_core.ids import DeviceId
from device_drivers.dialects import Dialect
from device_drivers.serial_scanner.settings import SerialScannerSettings
from device_drivers.serial_scanner.supervisor import SerialScannerDriver
from device_drivers.supervised import Backoff
from device_drivers.system_clock import SystemClock
from device_drivers.transports.serial_settings import SerialLineSettings
from simulators.line import Fault, SimulatedLine, Toward
from simulators.serial_scanner import SimulatedScanner

SETTLE_MS = 30


@contextlib.asynccontextmanager
async def _reading(
    line: SimulatedLine, repeat_after_ms: int = 0
) -> AsyncIterator[AsyncIterator[DeviceEvent]]:
    settings = SerialScannerSettings(
        line=SerialLineSettings(port=str(line.near_port)),
        settle_ms=SETTLE_MS,
        repeat_after_ms=repeat_after_ms,
    )
    driver = SerialScannerDriver(
        settings, DeviceId("reader-1"), SystemClock(), backoff=Backoff(first_ms=1, longest_ms=20)
    )
    async with asyncio.TaskGroup() as group:
        task = group.create_task(driver.run())
        events = driver.events()
        assert isinstance(await anext(events), DeviceReady)
        yield events
        task.cancel()


async def _fresh_read(
    events: AsyncIterator[DeviceEvent], scanner: SimulatedScanner, text: str
) -> CredentialPresented:
    """Scan until the settling is over; the first fresh read."""
    while True:
        scanner.scan(text)
        event = await anext(events)
        assert isinstance(event, CredentialPresented)
        if event.is_fresh:
            return event
        await asyncio.sleep(SETTLE_MS * 2 / 1000)


async def test_a_scan_becomes_a_presented_credential(tmp_path: Path) -> None:
    """The line arrives whole, as QR, fresh, counted within its epoch."""
    async with (
        SimulatedLine(tmp_path) as line,
        SimulatedScanner(line.far_port) as scanner,
        _reading(line) as events,
    ):
        event = await _fresh_read(events, scanner, "CP1:AB 12")
        assert event.payload == b"CP1:AB 12"
        assert event.medium is Medium.QR
        assert event.origin.epoch == 1


async def test_first_reads_after_connecting_are_not_fresh(tmp_path: Path) -> None:
    """What the scanner kept while nobody listened is reported, marked as possibly old."""
    async with (
        SimulatedLine(tmp_path) as line,
        SimulatedScanner(line.far_port) as scanner,
        _reading(line) as events,
    ):
        scanner.scan("waited")
        event = await anext(events)
        assert isinstance(event, CredentialPresented)
        assert not event.is_fresh


async def test_a_scanner_that_repeats_itself_presents_once(tmp_path: Path) -> None:
    """The same text within the repeat time is one presentation."""
    async with (
        SimulatedLine(tmp_path) as line,
        SimulatedScanner(line.far_port) as scanner,
        _reading(line, repeat_after_ms=60_000) as events,
    ):
        scanner.scan("same")
        scanner.scan("same")
        scanner.scan("other")
        payloads = [(await anext(events)).payload for _ in range(2)]  # type: ignore[union-attr]
        assert payloads == [b"same", b"other"]


async def test_a_read_broken_off_does_not_spoil_the_next(tmp_path: Path) -> None:
    """Half a read followed by silence is forgotten; the next scan is read alone."""
    async with (
        SimulatedLine(tmp_path) as line,
        SimulatedScanner(line.far_port) as scanner,
        _reading(line) as events,
    ):
        await _fresh_read(events, scanner, "first")
        line.arm(Toward.DRIVER, Fault.HALF)
        scanner.scan("broken off")
        await asyncio.sleep(SETTLE_MS * 3 / 1000)
        scanner.scan("second")
        event = await anext(events)
        assert isinstance(event, CredentialPresented)
        assert event.payload == b"second"


async def test_pieces_at_9600_baud_make_one_read(tmp_path: Path) -> None:
    """A paced line that arrives byte by byte is one read."""
    async with (
        SimulatedLine(tmp_path, baud=9600) as line,
        SimulatedScanner(line.far_port) as scanner,
        _reading(line) as events,
    ):
        await scanner.scan_in_pieces("CP1:" + "A" * 40)
        event = await anext(events)
        assert isinstance(event, CredentialPresented)
        assert event.payload == b"CP1:" + b"A" * 40


async def test_replugging_comes_back_as_a_new_epoch(tmp_path: Path) -> None:
    """Unplugged is lost once, plugged in is ready once, and reads go on."""
    async with (
        SimulatedLine(tmp_path) as line,
        SimulatedScanner(line.far_port) as scanner,
        _reading(line) as events,
    ):
        line.unplug()
        assert isinstance(await anext(events), DeviceLost)
        line.plug_in()
        ready = await anext(events)
        assert isinstance(ready, DeviceReady)
        assert ready.origin.epoch == 2
        assert (await _fresh_read(events, scanner, "back")).payload == b"back"


async def test_garbage_names_the_line_settings(tmp_path: Path) -> None:
    """Bytes without a readable line are reported as wrong line settings, in words."""
    async with (
        SimulatedLine(tmp_path) as line,
        SimulatedScanner(line.far_port) as scanner,
        _reading(line) as events,
    ):
        for _ in range(4):
            scanner.make_noise(40)
            scanner.send(b"\r")
        lost = await anext(events)
        assert isinstance(lost, DeviceLost)
        assert "check that `baud` and `parity`" in lost.reason


@pytest.mark.parametrize(("sent", "read"), [(9_600, 115_200), (115_200, 9_600), (19_200, 9_600)])
async def test_another_baud_rate_is_named_and_the_right_one_is_back_at_once(
    tmp_path: Path, sent: int, read: int
) -> None:
    """Bit by bit: nothing is presented, words name `baud`; tuned again, the first read counts."""
    async with (
        SimulatedLine(tmp_path) as line,
        SimulatedScanner(line.far_port, terminator=b"\r") as scanner,
        _reading(line) as events,
    ):
        await _fresh_read(events, scanner, "CP1:BEFORE")
        line.mistune(Toward.DRIVER, sent_baud=sent, read_baud=read)
        for number in range(40):
            scanner.scan(f"CP1:{number} " + "PASS " * 20)
            await asyncio.sleep(0.005)
        lost = await anext(events)
        assert isinstance(lost, DeviceLost)
        assert "`baud`" in lost.reason
        line.mistune(Toward.DRIVER, sent_baud=read, read_baud=read)
        await asyncio.sleep(SETTLE_MS * 4 / 1000)
        scanner.scan("CP1:AFTER")
        assert isinstance(await anext(events), DeviceReady)
        after = await anext(events)
        assert isinstance(after, CredentialPresented)
        assert (after.payload, after.is_fresh) == (b"CP1:AFTER", True)


@pytest.mark.parametrize(
    ("baud", "dialect", "warnings"),
    [(9_600, Dialect.QR, 1), (38_400, Dialect.QR, 0), (9_600, Dialect.HEX, 0)],
)
def test_a_line_too_slow_for_codes_is_said_once(
    caplog: pytest.LogCaptureFixture, baud: Literal[9600, 38400], dialect: Dialect, warnings: int
) -> None:
    """A code needs 125 ms at 9600 baud; a card's number does not matter."""
    settings = SerialScannerSettings(
        line=SerialLineSettings(port="/dev/ttyS9", baud=baud), dialect=dialect
    )
    SerialScannerDriver(settings, DeviceId("reader-1"), SystemClock())
    assert len(caplog.messages) == warnings
    assert all("needs 125 ms for a code" in message for message in caplog.messages)
