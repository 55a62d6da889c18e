"""A line with simulated readers, and what a test needs of drivers that run on it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from access_core.devices.events import DeviceEvent
from access_core.devices.ports import Driver
from access_core.ids import DeviceId
from device_drivers.osdp_bus.keys import write_key
from device_drivers.osdp_bus.service import OsdpBus, bus_of
from device_drivers.osdp_bus.settings import OsdpDeviceSettings
from device_drivers.shared import Shared
from device_drivers.system_clock import SystemClock
from simulators.line import SimulatedLine
from simulators.osdp_reader import OsdpLineEnd, SimulatedOsdpReader
from tests.device_drivers.osdp_bus.virtual_line import KEY

ADDRESS = 5
PATIENCE_S = 10
EventT = TypeVar("EventT")
SettingsT = TypeVar("SettingsT", bound=OsdpDeviceSettings)


@dataclass
class Listener:
    """Everything a driver reports."""

    driver: Driver
    reported: list[DeviceEvent] = field(default_factory=list)
    _looked_at: int = 0
    _arrived: asyncio.Event = field(default_factory=asyncio.Event)

    async def listen(self) -> None:
        """Until cancelled."""
        async for event in self.driver.events():
            self.reported.append(event)
            self._arrived.set()

    async def next(self, kind: type[EventT]) -> EventT:
        """The next event of this kind; others before it are passed over."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                while self._looked_at < len(self.reported):
                    event = self.reported[self._looked_at]
                    self._looked_at += 1
                    if isinstance(event, kind):
                        return event
                self._arrived.clear()
                await self._arrived.wait()


@dataclass
class ABus:
    """The line, the readers on it, and a service that serves it."""

    folder: Path
    line: SimulatedLine
    shared: Shared
    clock: SystemClock
    group: asyncio.TaskGroup
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def settings(self, kind: type[SettingsT], **more: object) -> SettingsT:
        """Of a device at the usual address, with its key in a file."""
        key_file = self.folder / "device.key"
        write_key(key_file, KEY)
        line = {"port": str(self.line.near_port), "baud": 115200}
        return kind.model_validate(
            {"line": line, "address": ADDRESS, "key_file": str(key_file)} | more
        )

    def bus(self, settings: OsdpDeviceSettings) -> OsdpBus:
        """The bus of this line; runs from the first time on that it is asked for."""
        bus = bus_of(settings, self.clock, self.shared)
        if not self._tasks:
            self._tasks.append(self.group.create_task(bus.run()))
        return bus

    def run(self, driver: Driver) -> Listener:
        """Let a driver run."""
        listener = Listener(driver)
        for work in (driver.run(), listener.listen()):
            self._tasks.append(self.group.create_task(work))
        return listener

    def end(self) -> None:
        """Stop everything that runs."""
        for task in self._tasks:
            task.cancel()


@contextlib.asynccontextmanager
async def a_bus(folder: Path, *readers: SimulatedOsdpReader) -> AsyncIterator[ABus]:
    """A line with these readers at its far end."""
    async with (
        SimulatedLine(folder) as line,
        OsdpLineEnd(line.far_port, *readers),
        asyncio.TaskGroup() as group,
    ):
        bus = ABus(folder, line, Shared(), SystemClock(), group)
        try:
            yield bus
        finally:
            bus.end()


async def until(condition: Callable[[], bool]) -> None:
    """Wait for what no event tells."""
    async with asyncio.timeout(PATIENCE_S):
        while not condition():  # noqa: ASYNC110 - no event tells it
            await asyncio.sleep(0.005)


THE_DEVICE = DeviceId("device")
