"""The one connection to a broker that all its lanes use: made again and again while it is lost."""

import asyncio
import random
from typing import Final

from access_core.clock import Clock
from access_core.errors import DeviceUnavailable, SettingsError
from device_drivers.mqtt_lane.device import LaneDevice
from device_drivers.mqtt_lane.settings import BrokerSettings
from device_drivers.mqtt_lane.transport import BrokerLine, Message
from device_drivers.shared import Shared
from device_drivers.supervised import Backoff

STEADY_MS: Final = 5_000
"""A connection that held for so long was a good one: the next wait is a short one again."""


class BrokerLink:
    """Serves every lane at one broker; one for each broker and client id."""

    def __init__(
        self, settings: BrokerSettings, clock: Clock, *, backoff: Backoff | None = None
    ) -> None:
        """Nothing is opened before `run()`."""
        self.settings = settings
        self._clock = clock
        self._backoff = backoff or Backoff()
        self._jitter = random.Random(settings.client_id)  # noqa: S311 - spreads retries only
        self._lanes: dict[str, LaneDevice] = {}
        self.connections = 0
        """How often the broker let this edge in."""

    def lane(self, name: str) -> LaneDevice:
        """The lane of this name; before `run()` only."""
        if name not in self._lanes:
            self._lanes[name] = LaneDevice(name, self.settings.prefix, self._clock)
        return self._lanes[name]

    async def run(self) -> None:
        """Keep connected until cancelled; a lost broker is told to each lane."""
        failures = 0
        while True:
            since = self._clock.now()
            try:
                await self._connected()
            except DeviceUnavailable as lost:
                reason = str(lost)
                for lane in self._lanes.values():
                    lane.lose(reason)
            held_ms = self._clock.now().ms_since(since)
            failures = 1 if held_ms >= STEADY_MS else failures + 1
            await asyncio.sleep(self._backoff.delay_ms(failures, self._jitter) / 1000)

    async def _connected(self) -> None:
        line = BrokerLine(self.settings, self._hear)
        try:
            await line.open()
            self.connections += 1
            line.subscribe(
                {
                    topic: qos
                    for lane in self._lanes.values()
                    for topic, qos in lane.topics().items()
                }
            )
            await self._serve(line)
        finally:
            line.close()

    async def _serve(self, line: BrokerLine) -> None:
        """Until the connection is lost."""
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(lane.stay(line)) for lane in self._lanes.values()]
            lost = await line.until_lost()
            for task in tasks:
                task.cancel()
        raise lost

    def _hear(self, message: Message) -> None:
        name = message.topic.rpartition("/")[0].rpartition("/")[2]
        lane = self._lanes.get(name)
        if lane is not None:
            lane.hear(message)


def link_of(shared: Shared, settings: BrokerSettings, clock: Clock) -> BrokerLink:
    """The one link to this broker under this client id.

    Raises:
        SettingsError: Another device names the same with other settings.
    """
    key = (settings.host, settings.port, settings.client_id)
    link = shared.get(BrokerLink, key, lambda: BrokerLink(settings, clock))
    if link.settings != settings:
        raise SettingsError(
            file="settings",
            key="broker",
            problem=f"two devices describe {settings.in_words()} differently",
            cure="Write the same [broker] table for each device of one broker and client id",
        )
    return link
