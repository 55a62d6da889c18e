"""A turnstile driver at work on a simulated lane, over a serial line or TCP."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from access_core.devices.commands import ReleaseDoor, ReleaseResult
from access_core.devices.events import DeviceEvent, DeviceReady, Direction
from access_core.ids import CommandId, DeviceId
from device_drivers.modbus_turnstile.bus import ModbusBus
from device_drivers.modbus_turnstile.profile import RegisterProfile
from device_drivers.modbus_turnstile.settings import ModbusTurnstileSettings
from device_drivers.modbus_turnstile.supervisor import ModbusTurnstileDriver
from device_drivers.supervised import Backoff
from device_drivers.system_clock import SystemClock
from simulators.line import SimulatedLine
from simulators.modbus_turnstile import SimulatedTurnstile
from simulators.turnstile_lane import LaneTimes, Way

QUICK = LaneTimes(arm_ms=20, wait_ms=800, turn_ms=240, pulse_ms=200, reset_ms=150)

EventT = TypeVar("EventT", bound=DeviceEvent)


@dataclass
class Lane:
    """A driver at work on a lane."""

    driver: ModbusTurnstileDriver
    events: AsyncIterator[DeviceEvent]
    board: SimulatedTurnstile
    serial_line: SimulatedLine | None = None
    orders: int = 0

    @property
    def line(self) -> SimulatedLine:
        """The serial line, if there is one."""
        assert self.serial_line is not None
        return self.serial_line

    async def release(
        self, direction: Direction = Direction.ENTRY, within_ms: int = 2_000, command_id: str = ""
    ) -> ReleaseResult:
        """Order a release with a fresh id unless given."""
        self.orders += 1
        return await self.driver.release(
            ReleaseDoor(
                command_id=CommandId(command_id or f"c{self.orders}"),
                direction=direction,
                deadline=SystemClock().now().plus_ms(within_ms),
                reason="GRANTED",
                issued_by="gate",
            )
        )

    async def next(self) -> DeviceEvent:
        """The next event, awaited for at most 5 s."""
        async with asyncio.timeout(5):
            return await anext(self.events)

    async def until(self, kind: type[EventT]) -> EventT:
        """The next event of this kind; others before it are passed over."""
        while not isinstance(event := await self.next(), kind):
            pass
        return event

    async def next_reading(self) -> None:
        """Wait until the driver has read the board once more."""
        self.driver._new_reading.clear()
        async with asyncio.timeout(3):
            await self.driver._new_reading.wait()


@contextlib.asynccontextmanager
async def a_lane(
    folder: Path,
    *,
    baud: int | None = None,
    profile: RegisterProfile | None = None,
    wiring: str = "generic",
    before: int = 0,
    left_released: bool = False,
) -> AsyncIterator[Lane]:
    """A driver on a serial line, its first DeviceReady already taken.

    Before it, `before` entries were counted, and the lane may be `left_released`.
    """
    async with (
        SimulatedLine(folder, baud=baud) as line,
        SimulatedTurnstile(line.far_port, times=QUICK, wiring=wiring) as board,
    ):
        if left_released:
            board.lane.release(Way.ENTRY)
        board.lane.signals.count[Way.ENTRY] = before
        async with _driven({"port": str(line.near_port)}, profile, board) as lane:
            lane.serial_line = line
            yield lane


@contextlib.asynccontextmanager
async def a_lane_over_tcp(profile: RegisterProfile | None = None) -> AsyncIterator[Lane]:
    """The same over Modbus TCP."""
    async with SimulatedTurnstile(times=QUICK) as board:
        where = {"host": "127.0.0.1", "tcp_port": board.server.tcp_port}
        async with _driven(where, profile, board) as lane:
            yield lane


@contextlib.asynccontextmanager
async def _driven(
    where: dict[str, Any], profile: RegisterProfile | None, board: SimulatedTurnstile
) -> AsyncIterator[Lane]:
    settings = ModbusTurnstileSettings.model_validate(
        {"line": where, "poll_ms": 10, "answer_ms": 100, "profile": profile or RegisterProfile()}
    )
    clock = SystemClock()
    driver = ModbusTurnstileDriver(
        settings,
        DeviceId("door-1"),
        clock,
        ModbusBus(settings, clock),
        backoff=Backoff(first_ms=1, longest_ms=20),
    )
    async with asyncio.TaskGroup() as group:
        task = group.create_task(driver.run())
        lane = Lane(driver, driver.events(), board)
        assert isinstance(await lane.next(), DeviceReady)
        yield lane
        task.cancel()
