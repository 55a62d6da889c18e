"""Every registered driver against its simulator: the promises of `access_core.devices.ports`.

Serial devices are tried directly and on a line paced like 9600 baud. A driver that is registered
and has no rig here fails the first test.
"""

import asyncio
import contextlib
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from access_core.devices.commands import ReleaseDoor, ReleaseOutcome, ShowFeedback, Signal
from access_core.devices.events import (
    CredentialPresented,
    DeviceEvent,
    DeviceLost,
    DeviceReady,
    Direction,
    PassageSensed,
)
from access_core.devices.ports import DoorDriver, Driver, ReaderDriver
from access_core.ids import CommandId, DeviceId
from device_drivers.modbus_turnstile.settings import ModbusTurnstileSettings
from device_drivers.qr_camera.settings import QrCameraSettings
from device_drivers.registry import DOORS, READERS, make_door, make_reader
from device_drivers.serial_scanner.settings import SerialScannerSettings
from device_drivers.shared import Shared
from device_drivers.system_clock import SystemClock
from device_drivers.transports.serial_settings import SerialLineSettings
from simulators.line import SimulatedLine
from simulators.modbus_turnstile import SimulatedTurnstile
from simulators.qr_camera import SimulatedCamera, View, phone_with_text, see
from simulators.serial_scanner import SimulatedScanner
from simulators.turnstile_lane import LaneTimes, Way

TEXT = "CP1:A PASS"
PATIENCE_S = 8
QUICK_LANE = LaneTimes(arm_ms=20, wait_ms=400, turn_ms=120, pulse_ms=60, reset_ms=80)


@dataclass
class Rig:
    """A driver with its simulator at the far end."""

    driver: Driver
    act: Callable[[], Awaitable[None]]
    """What a person does there, once: hold up a code, or go through."""
    unplug: Callable[[], None]
    plug_in: Callable[[], None]


@contextlib.asynccontextmanager
async def camera_rig(folder: Path, _baud: int | None) -> AsyncIterator[Rig]:
    """A camera whose frames lie in a folder."""
    spool, away = folder / "spool", folder / "away"
    camera = SimulatedCamera(spool)
    frame = see(phone_with_text(TEXT), View(), np.random.default_rng(5))
    settings = QrCameraSettings(source=f"spool:{spool}", gone_after_ms=100, spool_poll_ms=5)

    async def hold_up() -> None:
        camera.show(frame)

    def unplug() -> None:
        spool.rename(away)

    def plug_in() -> None:
        away.rename(spool)

    driver = make_reader(settings, DeviceId("device"), SystemClock(), Shared())
    yield Rig(driver, hold_up, unplug, plug_in)


@contextlib.asynccontextmanager
async def scanner_rig(folder: Path, baud: int | None) -> AsyncIterator[Rig]:
    """A scanner on a line."""
    async with (
        SimulatedLine(folder, baud=baud) as line,
        SimulatedScanner(line.far_port) as scanner,
    ):
        settings = SerialScannerSettings(
            line=SerialLineSettings(port=str(line.near_port)), settle_ms=20, repeat_after_ms=0
        )

        async def scan() -> None:
            scanner.scan(TEXT)

        driver = make_reader(settings, DeviceId("device"), SystemClock(), Shared())
        yield Rig(driver, scan, line.unplug, line.plug_in)


@contextlib.asynccontextmanager
async def turnstile_rig(folder: Path, baud: int | None) -> AsyncIterator[Rig]:
    """A turnstile on a line."""
    async with (
        SimulatedLine(folder, baud=baud) as line,
        SimulatedTurnstile(line.far_port, times=QUICK_LANE) as board,
    ):
        settings = ModbusTurnstileSettings(
            line=SerialLineSettings(port=str(line.near_port)), answer_ms=100
        )
        driver = make_door(settings, DeviceId("device"), SystemClock(), Shared())

        async def go_through() -> None:
            board.lane.free()
            await board.walk(Way.ENTRY)

        yield Rig(driver, go_through, line.unplug, line.plug_in)


RIGS = {
    "qr_camera": camera_rig,
    "serial_scanner": scanner_rig,
    "modbus_turnstile": turnstile_rig,
}
EVERY_RIG = pytest.mark.parametrize(
    ("kind", "baud"),
    [
        ("qr_camera", None),
        ("serial_scanner", None),
        ("serial_scanner", 9600),
        ("modbus_turnstile", None),
        ("modbus_turnstile", 9600),
    ],
)


@contextlib.asynccontextmanager
async def running(driver: Driver) -> AsyncIterator[AsyncIterator[DeviceEvent]]:
    """`driver` at work; cancelled at the end."""
    async with asyncio.TaskGroup() as group, asyncio.timeout(PATIENCE_S):
        task = group.create_task(driver.run())
        yield driver.events()
        task.cancel()


async def until(events: AsyncIterator[DeviceEvent], kind: type[DeviceEvent]) -> DeviceEvent:
    """The next event of this kind; others before it are passed over."""
    while not isinstance(event := await anext(events), kind):
        pass
    return event


def test_every_registered_driver_has_a_rig() -> None:
    """No driver is registered without a simulator that it is tried against."""
    assert set(RIGS) == {*READERS, *DOORS}


@pytest.mark.parametrize("kind", RIGS)
async def test_it_has_what_its_port_asks_for(kind: str, tmp_path: Path) -> None:
    """Every method of the port is there, with the port's own parameters."""
    port = DoorDriver if kind in DOORS else ReaderDriver
    async with RIGS[kind](tmp_path, None) as rig:
        for name in ("run", "events", *(n for n in vars(port) if not n.startswith("_"))):
            promised = inspect.signature(getattr(port, name))
            offered = inspect.signature(getattr(type(rig.driver), name))
            assert offered == promised, name


@EVERY_RIG
async def test_it_is_ready_once_and_reports_what_people_do(
    kind: str, baud: int | None, tmp_path: Path
) -> None:
    """Ready first, in epoch 1; then what happened, in order, with its origin."""
    async with RIGS[kind](tmp_path, baud) as rig, running(rig.driver) as events:
        ready = await anext(events)
        assert isinstance(ready, DeviceReady)
        assert (ready.origin.epoch, ready.origin.sequence) == (1, 1)
        await rig.act()
        wanted = PassageSensed if kind in DOORS else CredentialPresented
        event = await until(events, wanted)
        assert event.origin.device == "device"
        assert event.origin.epoch == 1
        assert event.origin.sequence > 1
        assert event.origin.at >= ready.origin.at


@EVERY_RIG
async def test_it_is_lost_once_and_comes_back_as_a_new_epoch(
    kind: str, baud: int | None, tmp_path: Path
) -> None:
    """A device that goes and returns is one loss, in words, and one ready in epoch 2."""
    async with RIGS[kind](tmp_path, baud) as rig, running(rig.driver) as events:
        await anext(events)
        rig.unplug()
        lost = await anext(events)
        assert isinstance(lost, DeviceLost)
        assert "check" in lost.reason
        rig.plug_in()
        ready = await anext(events)
        assert isinstance(ready, DeviceReady)
        assert ready.origin.epoch == 2
        await rig.act()
        wanted = PassageSensed if kind in DOORS else CredentialPresented
        assert (await until(events, wanted)).origin.epoch == 2


@pytest.mark.parametrize("kind", RIGS)
async def test_cancelling_closes_the_device(kind: str, tmp_path: Path) -> None:
    """After a cancelled run the device can be served again, as by a restarted agent."""
    async with RIGS[kind](tmp_path, None) as rig:
        for epoch in (1, 2):
            async with running(rig.driver) as events:
                ready = await until(events, DeviceReady)
                assert ready.origin.epoch == epoch


@pytest.mark.parametrize("kind", READERS)
async def test_feedback_never_raises(kind: str, tmp_path: Path) -> None:
    """A reader takes feedback at any time, connected or not."""
    feedback = ShowFeedback(
        signal=Signal.GO, direction=Direction.ENTRY, text_zh="请通行", text_en="Go"
    )
    async with RIGS[kind](tmp_path, None) as rig:
        reader = rig.driver
        assert kind in READERS
        await reader.show(feedback)  # type: ignore[attr-defined]
        async with running(reader) as events:
            await until(events, DeviceReady)
            await reader.show(feedback)  # type: ignore[attr-defined]


@pytest.mark.parametrize("kind", DOORS)
async def test_a_door_answers_every_release_in_time(kind: str, tmp_path: Path) -> None:
    """Connected, late, repeated or unplugged: an answer within 1 s, with the command's id."""
    async with RIGS[kind](tmp_path, None) as rig, running(rig.driver) as events:
        await until(events, DeviceReady)
        loop = asyncio.get_running_loop()

        async def outcome(name: str, within_ms: int) -> ReleaseOutcome:
            command = ReleaseDoor(
                command_id=CommandId(name),
                direction=Direction.ENTRY,
                deadline=SystemClock().now().plus_ms(within_ms),
                reason="GRANTED",
                issued_by="gate",
            )
            start = loop.time()
            result = await rig.driver.release(command)  # type: ignore[attr-defined]
            assert loop.time() - start < 1
            assert result.command_id == name
            answer: ReleaseOutcome = result.outcome
            return answer

        assert await outcome("late", -1) is ReleaseOutcome.EXPIRED
        assert await outcome("one", 2_000) in {ReleaseOutcome.CONFIRMED, ReleaseOutcome.ACCEPTED}
        assert await outcome("one", 2_000) is ReleaseOutcome.REFUSED
        rig.unplug()
        assert await outcome("two", 2_000) in {ReleaseOutcome.UNKNOWN, ReleaseOutcome.REFUSED}
