"""Signs of life for the service manager: `READY=1` once, `WATCHDOG=1` as long as all is alive.

The ping is fed only while the loop turns, the journal's disk answers, the gate handles what it
is given and no supervised task keeps failing. What a restart would not mend (a cable, a full
disk, a centre that is away) does not starve it.
"""

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

import structlog

_log = structlog.get_logger("health")
FRESH_S = 10.0
"""A sign of life older than this counts for nothing."""


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


async def _answers(sign: Callable[[], Awaitable[bool]]) -> bool:
    try:
        async with asyncio.timeout(FRESH_S):
            return await sign()
    except TimeoutError:
        return False
