"""A gate for tests: a real broker, a simulated lane at it, the drivers, and what they report."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from access_core.devices.commands import ReleaseDoor, ReleaseResult
from access_core.devices.events import DeviceEvent, DeviceReady, Direction
from access_core.ids import CommandId, DeviceId
from device_drivers.mqtt_lane.broker_link import BrokerLink
from device_drivers.mqtt_lane.settings import BrokerSettings, MqttReaderSettings
from device_drivers.mqtt_lane.supervisor import MqttDoorDriver, MqttReaderDriver
from device_drivers.mqtt_lane.transport import BrokerLine
from device_drivers.system_clock import SystemClock
from simulators.broker import BrokerRules, SimulatedBroker
from simulators.mqtt_lane import SimulatedMqttLane
from simulators.turnstile_lane import LaneTimes

LANE = "north-1"
QUICK_LANE = LaneTimes(arm_ms=20, wait_ms=400, turn_ms=60, pulse_ms=40, reset_ms=40)
CLOCK = SystemClock()
PATIENCE_S = 15
EventT = TypeVar("EventT", bound=DeviceEvent)


@dataclass
class Reports:
    """What one driver has reported; nothing is lost."""

    all: list[DeviceEvent] = field(default_factory=list)
    looked_at: int = 0
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    async def keep(self, events: AsyncIterator[DeviceEvent]) -> None:
        """Until cancelled."""
        async for event in events:
            self.all.append(event)
            self.arrived.set()

    async def next(self, kind: type[EventT]) -> EventT:
        """The next event of this kind; others before it are passed over."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                while self.looked_at < len(self.all):
                    event = self.all[self.looked_at]
                    self.looked_at += 1
                    if isinstance(event, kind):
                        return event
                self.arrived.clear()
                await self.arrived.wait()

    def count(self, kind: type[DeviceEvent]) -> int:
        """How many of this kind there were."""
        return sum(isinstance(event, kind) for event in self.all)


@dataclass
class MqttGate:
    """One lane's drivers at work."""

    broker: SimulatedBroker
    lane: SimulatedMqttLane
    link: BrokerLink
    door: MqttDoorDriver
    reader: MqttReaderDriver
    at_door: Reports
    at_reader: Reports
    orders: int = 0

    async def release(self, name: str | None = None, *, within_ms: int = 2_000) -> ReleaseResult:
        """Order a release for entry."""
        self.orders += 1
        command = ReleaseDoor(
            command_id=CommandId(name or f"order-{self.orders}"),
            direction=Direction.ENTRY,
            deadline=CLOCK.now().plus_ms(within_ms),
            reason="GRANTED",
            issued_by="gate",
        )
        return await self.door.release(command)

    @property
    def pulses(self) -> int:
        """How often the lane's relay was released, as the lane saw it."""
        return self.lane.oracle.releases_entry + self.lane.oracle.releases_exit

    def hang_up(self) -> None:
        """Cut the connection as the agent's death would: nothing is said to the broker."""
        line = self.link.lane(LANE)._line
        assert isinstance(line, BrokerLine)
        sock = line._client.socket()
        assert isinstance(sock, socket.socket)
        sock.shutdown(socket.SHUT_RDWR)


async def until(is_so: Callable[[], bool]) -> None:
    """Return once `is_so()`; for what no event tells."""
    async with asyncio.timeout(PATIENCE_S):
        while not is_so():  # noqa: ASYNC110 - no event tells of it
            await asyncio.sleep(0.01)


def settings_for(broker: SimulatedBroker, client_id: str = "edge-1") -> BrokerSettings:
    """How a test comes to a broker that lets anybody in."""
    return BrokerSettings(host=broker.host, port=broker.port, client_id=client_id, tls=False)


@contextlib.asynccontextmanager
async def drivers_at(
    broker: SimulatedBroker, lane: SimulatedMqttLane, settings: BrokerSettings | None = None
) -> AsyncIterator[MqttGate]:
    """The drivers at work; cancelled at the end, which closes the connection."""
    settings = settings or settings_for(broker)
    link = BrokerLink(settings, CLOCK)
    door = MqttDoorDriver(DeviceId("door"), CLOCK, link.lane(LANE))
    reader_settings = MqttReaderSettings(broker=settings, lane=LANE, repeat_after_ms=0)
    reader = MqttReaderDriver(reader_settings, DeviceId("reader"), CLOCK, link.lane(LANE))
    gate = MqttGate(broker, lane, link, door, reader, Reports(), Reports())
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(work)
            for work in (
                link.run(),
                door.run(),
                reader.run(),
                gate.at_door.keep(door.events()),
                gate.at_reader.keep(reader.events()),
            )
        ]
        yield gate
        for task in tasks:
            task.cancel()


@contextlib.asynccontextmanager
async def mqtt_gate(folder: Path, rules: BrokerRules | None = None) -> AsyncIterator[MqttGate]:
    """Broker, lane and drivers, all up."""
    async with (
        SimulatedBroker(folder, rules) as broker,
        SimulatedMqttLane(broker, LANE, times=QUICK_LANE) as lane,
        drivers_at(broker, lane) as gate,
    ):
        await gate.at_door.next(DeviceReady)
        await gate.at_reader.next(DeviceReady)
        yield gate
