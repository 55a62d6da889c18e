"""Keeps the tasks round a gate running: what ends is said loudly and begun again."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import NoReturn

import structlog

from access_core.clock import Clock, Instant

_log = structlog.get_logger("supervisor")


@dataclass(slots=True, kw_only=True)
class Supervisor:
    """Restarts tasks that should never end.

    The gate itself is not among them: if that fails, the program ends and the service manager
    starts it anew, from what is on disk.
    """

    clock: Clock
    pause_s: float = 1.0
    """Between an end and the next beginning."""
    _ended: dict[str, Instant] = field(default_factory=dict[str, Instant], init=False)

    async def keep(self, name: str, work: Callable[[], Awaitable[None]]) -> NoReturn:
        """Run `work` again and again until cancelled."""
        while True:
            try:
                await work()
                _log.error("task ended by itself", task=name)
            except Exception:  # noqa: BLE001 - the supervisor: whatever it was, the gate goes on
                _log.exception("task failed", task=name)
            self._ended[name] = self.clock.now()
            await asyncio.sleep(self.pause_s)

    def failing(self, within_s: float) -> list[str]:
        """Tasks that ended within the last `within_s` seconds."""
        now = self.clock.now()
        return [n for n, at in self._ended.items() if now.ms_since(at) < within_s * 1000]
