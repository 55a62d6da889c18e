"""Signs of life for the service manager: `READY=1` once, `WATCHDOG=1` as long as all is alive.

The ping is fed only while the loop turns, the journal's disk answers, the gate handles what it
is given, no supervised task keeps failing and no driver is stuck. What a restart would not mend
(a cable, a full disk, a centre that is away) does not starve it.
"""

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

import structlog

from access_core.clock import Clock, Instant
from access_core.devices.events import DeviceEvent, DeviceLost, DeviceReady
from access_core.devices.health import DeviceState
from access_core.devices.ports import Driver
from access_core.ids import DeviceId

_log = structlog.get_logger("health")
FRESH_S = 10.0
"""A sign of life older than this counts for nothing."""
STUCK_S = 30.0
"""So long after its device counts as offline a driver must have said so: opening a camera or a
broker's connection may take a while, a driver that is at work never this long."""


def notify(message: str) -> bool:
    """Send one line to the service manager; False if this program was not started by one."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return False
    if address.startswith("@"):
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.sendto(message.encode(), address)
    return True


def watchdog_interval_s() -> float:
    """How often to ping: a third of what the service manager allows, at most 5 s."""
    allowed_us = int(os.environ.get("WATCHDOG_USEC", "0"))
    return min(5.0, allowed_us / 3_000_000) if allowed_us else 5.0


@dataclass(slots=True, kw_only=True)
class Watchdog:
    """Feeds the service manager's watchdog."""

    signs: Mapping[str, Callable[[], Awaitable[bool]]]
    """What must be alive, by name; each answers within `FRESH_S` or counts as dead."""
    interval_s: float

    async def run(self) -> None:
        """Look and ping until cancelled."""
        while True:
            dead = await self.dead()
            if dead:
                _log.error("watchdog not fed", without_life=dead)
            else:
                notify("WATCHDOG=1")
            await asyncio.sleep(self.interval_s)

    async def dead(self) -> list[str]:
        """The names of what gives no sign of life."""
        return [name for name, sign in self.signs.items() if not await _answers(sign)]


class DriverSigns:
    """Whether the drivers move. A device that is away is no matter: its driver has said so.

    Stuck is a driver whose device has been silent until it counts as offline, and which has not
    told for `STUCK_S` more that it is lost. One that only waits for a device to speak cannot be
    told from one that is stuck; that its task has not ended is all that is asked of it.
    """

    def __init__(self, drivers: Sequence[Driver], clock: Clock) -> None:
        """Nothing has been told of any of them."""
        self._drivers = drivers
        self._clock = clock
        self._lost: set[DeviceId] = set()
        self._silent_since: dict[DeviceId, Instant] = {}

    def told(self, event: DeviceEvent) -> None:
        """What a driver reports passes here, on its way to the gate."""
        if isinstance(event, DeviceLost):
            self._lost.add(event.origin.device)
        elif isinstance(event, DeviceReady):
            self._lost.discard(event.origin.device)

    async def are_moving(self) -> bool:
        """Whether none is stuck."""
        return not self.stuck()

    def stuck(self) -> list[DeviceId]:
        """Those that do not move."""
        now, silent = self._clock.now(), set[DeviceId]()
        for driver in self._drivers:
            is_offline = driver.health().state is DeviceState.OFFLINE
            if is_offline and driver.device_id not in self._lost:
                silent.add(driver.device_id)
        self._silent_since = {device: self._silent_since.get(device, now) for device in silent}
        return [
            device
            for device, since in self._silent_since.items()
            if now.ms_since(since) >= STUCK_S * 1000
        ]


async def _answers(sign: Callable[[], Awaitable[bool]]) -> bool:
    try:
        async with asyncio.timeout(FRESH_S):
            return await sign()
    except TimeoutError:
        return False
