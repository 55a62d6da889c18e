"""Keeping one device connected: reconnect with back-off, lost once, ready once."""

import asyncio
import logging
import random
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from access_core.clock import Clock, Instant
from access_core.devices.events import DeviceEvent, DeviceLost, DeviceReady, Origin
from access_core.devices.health import DeviceHealth, DeviceState, state_of
from access_core.errors import DeviceUnavailable
from access_core.ids import DeviceId
from device_drivers.event_queue import EventQueue

_log = logging.getLogger(__name__)

DOUBTED_AFTER_MS: Final = 2_000
"""Bytes that make no frame for so long: the line settings or the wiring are wrong."""


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
        wait_s: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Jitter is seeded with the device's name unless given: same device, same waits.

        `is_polled`: the device is asked all the time, so that its silence means something.
        `wait_s` waits between two attempts; a test gives its own.
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
        self._there_at: Instant | None = None
        self._doubt: tuple[Instant, str] | None = None
        self._is_polled = is_polled
        self._wait_s = wait_s
        self.counters: Counter[str] = Counter()
        """For `health()`; whoever counts, names what in words."""

    async def run(self, serve: Callable[[], Awaitable[None]]) -> None:
        """Call `serve` until cancelled, after each loss again."""
        while True:
            self.counters["attempts"] += 1
            try:
                await serve()
                reason = f"{self.device_id} ended by itself"
            except DeviceUnavailable as lost:
                reason = str(lost)
            _end_if_cancelled()
            await self._lost(reason)
            delay_ms = self._backoff.delay_ms(self._failures, self._jitter)
            await self._wait_s(delay_ms / 1000)

    def events(self) -> AsyncIterator[DeviceEvent]:
        """Everything emitted, in order; for one consumer."""
        return self._queue.stream()

    def heard(self, at: Instant) -> None:
        """A good frame came at `at`; whatever was doubted is settled."""
        self._last_good = self._there_at = at
        self._doubt = None

    def doubt(self, reason: str, at: Instant) -> None:
        """Bytes came at `at` that make no frame; `reason` says what to check.

        One disturbance is no fault: health shows it if no good frame follows for
        `DOUBTED_AFTER_MS`.
        """
        since = self._doubt[0] if self._doubt else at
        self._doubt = (since, reason)

    def health(self) -> DeviceHealth:
        """How the device is now, for people and metrics."""
        now = self._clock.now()
        silent_ms = now.ms_since(self._there_at) if self._there_at else None
        is_connected = self._ready_at is not None
        state = state_of(is_connected=is_connected, is_polled=self._is_polled, silent_ms=silent_ms)
        reason = "" if state is DeviceState.READY else self._reason
        if state is DeviceState.STARTING and self._told_lost:
            state = DeviceState.OFFLINE
        if is_connected and self._doubt and now.ms_since(self._doubt[0]) >= DOUBTED_AFTER_MS:
            state = max(state, DeviceState.DEGRADED, key=_BY_GRAVITY.index)
            reason = self._doubt[1]
        if state in {DeviceState.DEGRADED, DeviceState.OFFLINE} and not reason:
            reason = f"{self.device_id} is silent; check its power and wiring"
        return DeviceHealth(
            device=self.device_id,
            state=state,
            reason=reason,
            epoch=self._epoch,
            last_good=self._last_good,
            counters=dict(self.counters, credentials_dropped=self._queue.credentials_dropped),
        )

    async def ready(self, at: Instant | None = None) -> None:
        """The device answers, now or since `at`: begin a new connection epoch and say so."""
        self._epoch += 1
        self._sequence = 0
        if self._told_lost:
            _log.warning("%s is back", self.device_id)
        self._told_lost = False
        self._reason = ""
        self._ready_at = at or self._clock.now()
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
        if self._ready_at and not self._is_polled:
            # It was there until now, however long it had nothing to say.
            self._there_at = now
        self._ready_at = None
        self._doubt = None
        self._reason = reason
        if not self._told_lost:
            self._told_lost = True
            _log.warning("%s is lost: %s", self.device_id, reason)
            await self.emit(DeviceLost(origin=self.origin(now), reason=reason))


_BY_GRAVITY: Final = [
    DeviceState.READY,
    DeviceState.STARTING,
    DeviceState.DEGRADED,
    DeviceState.OFFLINE,
]


class SupervisedDriver(ABC):
    """What every driver's supervisor is: its device, served again and again.

    A supervisor adds `_serve` and what its port asks for besides `Driver`.
    """

    def __init__(self, device: SupervisedDevice) -> None:
        """Nothing is opened before `run()`."""
        self._device = device

    @property
    def device_id(self) -> DeviceId:
        """The name from the settings."""
        return self._device.device_id

    async def run(self) -> None:
        """Serve the device until cancelled."""
        await self._device.run(self._serve)

    def events(self) -> AsyncIterator[DeviceEvent]:
        """Everything the device reports, in order; one consumer."""
        return self._device.events()

    def health(self) -> DeviceHealth:
        """How the device is now; asks nothing of it and never raises."""
        return self._device.health()

    @abstractmethod
    async def _serve(self) -> None:
        """Open the device, say `ready()`, emit events; close it in any case.

        Raises:
            DeviceUnavailable: The device has gone; the message says what to check.
        """


def _end_if_cancelled() -> None:
    """Raise a cancellation that a library has swallowed.

    `asyncio.wait_for` of Python 3.11 does that, when what it waited for ends in that very moment.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
