"""Keeping one device connected: reconnect with back-off, lost once, ready once."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

from access_core.clock import Clock, Instant
from access_core.devices.events import DeviceEvent, DeviceLost, DeviceReady, Origin
from access_core.devices.health import DeviceHealth, DeviceState, state_of
from access_core.errors import DeviceUnavailable
from access_core.ids import DeviceId
from device_drivers.event_queue import EventQueue


@dataclass(frozen=True, slots=True)
class Backoff:
    """How long to wait before each next attempt to connect."""

    first_ms: int = 250
    longest_ms: int = 5_000
    """A technician who replugs a cable should not wait longer than this."""

    def delay_ms(self, failures: int, jitter: random.Random) -> float:
        """Wait after `failures` failures in a row (1 or more): doubling, then 50 to 100 % of it.

        Jitter keeps many devices behind one hub from coming back in step.
        """
        doubled = min(self.first_ms << min(failures - 1, 16), self.longest_ms)
        return doubled * (0.5 + jitter.random() / 2)


class SupervisedDevice:
    """Runs `serve` for one device again and again, and tells the world what became of it.

    A driver owns one and gives it a function that opens the device, says `ready()`, emits events
    and raises `DeviceUnavailable` when the device has gone.
    """

    def __init__(
        self,
        device_id: DeviceId,
        clock: Clock,
        *,
        backoff: Backoff | None = None,
        jitter: random.Random | None = None,
        is_polled: bool = False,
    ) -> None:
        """Jitter is seeded with the device's name unless given: same device, same waits.

        `is_polled`: the device is asked all the time, so that its silence means something.
        """
        self.device_id = device_id
        self._clock = clock
        self._backoff = backoff or Backoff()
        self._jitter = jitter or random.Random(device_id)  # noqa: S311 - spreads retries only
        self._queue = EventQueue()
        self._epoch = 0
        self._sequence = 0
        self._failures = 0
        self._ready_at: Instant | None = None
        self._told_lost = False
        self._reason = ""
        self._last_good: Instant | None = None
        self._is_polled = is_polled
        self.counters: Counter[str] = Counter()
        """For `health()`; whoever counts, names what in words."""

    async def run(self, serve: Callable[[], Awaitable[None]]) -> None:
        """Call `serve` until cancelled, after each loss again."""
        while True:
            try:
                await serve()
                reason = f"{self.device_id} ended by itself"
            except DeviceUnavailable as lost:
                reason = str(lost)
            _end_if_cancelled()
            await self._lost(reason)
            delay_ms = self._backoff.delay_ms(self._failures, self._jitter)
            await asyncio.sleep(delay_ms / 1000)

    def events(self) -> AsyncIterator[DeviceEvent]:
        """Everything emitted, in order; for one consumer."""
        return self._queue.stream()

    def heard(self, at: Instant) -> None:
        """A good frame came at `at`."""
        self._last_good = at

    def health(self) -> DeviceHealth:
        """How the device is now, for people and metrics."""
        silent_ms = self._clock.now().ms_since(self._last_good) if self._last_good else None
        is_connected = self._ready_at is not None
        state = state_of(is_connected=is_connected, is_polled=self._is_polled, silent_ms=silent_ms)
        if state is DeviceState.STARTING and self._told_lost:
            state = DeviceState.OFFLINE
        return DeviceHealth(
            device=self.device_id,
            state=state,
            reason="" if state is DeviceState.READY else self._reason,
            epoch=self._epoch,
            last_good=self._last_good,
            counters=dict(self.counters, credentials_dropped=self._queue.credentials_dropped),
        )

    async def ready(self) -> None:
        """The device answers: begin a new connection epoch and say so."""
        self._epoch += 1
        self._sequence = 0
        self._told_lost = False
        self._reason = ""
        self._ready_at = self._clock.now()
        self.heard(self._ready_at)
        await self.emit(DeviceReady(origin=self.origin(self._ready_at)))

    def origin(self, at: Instant) -> Origin:
        """The origin of this device's next event, which happened at `at`."""
        self._sequence += 1
        return Origin(device=self.device_id, epoch=self._epoch, sequence=self._sequence, at=at)

    async def emit(self, event: DeviceEvent) -> None:
        """Hand `event` to the consumer; order is kept."""
        await self._queue.put(event)

    async def _lost(self, reason: str) -> None:
        now = self._clock.now()
        held_ms = now.ms_since(self._ready_at) if self._ready_at else 0.0
        # A connection that breaks at once is a flapping one: it keeps its place in the back-off.
        self._failures = 1 if held_ms >= self._backoff.longest_ms else self._failures + 1
        self._ready_at = None
        self._reason = reason
        if not self._told_lost:
            self._told_lost = True
            await self.emit(DeviceLost(origin=self.origin(now), reason=reason))


def _end_if_cancelled() -> None:
    """Raise a cancellation that a library has swallowed.

    `asyncio.wait_for` of Python 3.11 does that, when what it waited for ends in that very moment.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
