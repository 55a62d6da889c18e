"""The shell round a panel: one open line, one clock, and a seat for every device on it."""

import asyncio
import random
import secrets
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from access_core.clock import Clock, Instant
from access_core.devices.health import OFFLINE_AFTER_MS
from access_core.errors import DeviceUnavailable, SettingsError
from device_drivers.osdp_bus.handshake import Installing
from device_drivers.osdp_bus.messages import Code
from device_drivers.osdp_bus.panel import Panel, Step
from device_drivers.osdp_bus.peripheral import Peripheral
from device_drivers.osdp_bus.reports import (
    InputsTold,
    Order,
    OrderAnswered,
    OrderOutcome,
    OutputsTold,
    Report,
    StatusTold,
    WasHeard,
)
from device_drivers.osdp_bus.settings import OsdpDeviceSettings
from device_drivers.shared import Shared
from device_drivers.supervised import Backoff
from device_drivers.transports.line import Line, open_line

MOST_REPORTS: Final = 256
"""Reports kept for a device that does not take them; the oldest give way."""


class Seat:
    """One device's place at its peripheral. Two devices at one peripheral have a seat each."""

    def __init__(self, bus: "OsdpBus", peripheral: Peripheral) -> None:
        """Made by `OsdpBus.join`."""
        self._bus = bus
        self.peripheral = peripheral
        self.on_heard: Callable[[Instant], None] | None = None
        """Told of every good answer."""
        self.status: StatusTold | None = None
        self.inputs: InputsTold | None = None
        self.outputs: OutputsTold | None = None
        self._waiting: deque[Report] = deque(maxlen=MOST_REPORTS)
        self._arrived = asyncio.Event()
        self._is_listening = False

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Within, reports are kept for `next()`."""
        self._waiting.clear()
        self._is_listening = True
        try:
            yield
        finally:
            self._is_listening = False

    async def next(self) -> Report:
        """The next report."""
        while not self._waiting:
            self._arrived.clear()
            await self._arrived.wait()
        return self._waiting.popleft()

    def set_key(self, key: bytes) -> None:
        """Use this key from now on."""
        self._bus.change(lambda now: self.peripheral.set_key(key, now))

    def install(self, key: bytes, for_ms: int) -> None:
        """Open the window in which the peripheral may be given `key`; it closes by itself."""

        def begin(now: Instant) -> None:
            self.peripheral.installing = Installing(key, now.plus_ms(for_ms))
            self.peripheral.hurry(now)

        self._bus.change(begin)

    async def order(self, code: Code, data: bytes, not_after: Instant) -> OrderAnswered:
        """What became of a command that is sent at most once."""
        return await self._bus.order(self, code, data, not_after)

    def post(self, code: Code, data: bytes, not_after: Instant, topic: str) -> None:
        """Send a command whose answer nobody waits for; a newer one of its topic replaces it."""
        self._bus.post(self, code, data, not_after, topic)

    def take(self, report: Report) -> None:
        """Called by the bus."""
        match report:
            case WasHeard():
                if self.on_heard is not None:
                    self.on_heard(report.at)
                return
            case StatusTold():
                self.status = report
            case InputsTold():
                self.inputs = report
            case OutputsTold():
                self.outputs = report
            case _:
                pass
        if self._is_listening:
            self._waiting.append(report)
            self._arrived.set()


class OsdpBus:
    """One line with its peripherals: a service that runs beside the drivers that use it."""

    def __init__(
        self,
        settings: OsdpDeviceSettings,
        clock: Clock,
        *,
        backoff: Backoff | None = None,
        entropy: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        """The line of `settings`; nothing is opened before `run()`."""
        self._line = settings.line
        self._clock = clock
        self._panel = Panel(settings.baud, entropy, settings.line.in_words())
        self._backoff = backoff or Backoff()
        self._jitter = random.Random(settings.place)  # noqa: S311 - spreads retries only
        self._seats: list[Seat] = []
        self._keys: dict[int, str] = {}
        self._answers: dict[int, asyncio.Future[OrderAnswered]] = {}
        self._numbers = 0
        self._outbox = b""
        self._waiting: asyncio.Timeout | None = None
        self._is_woken = False

    def join(self, device_id: str, settings: OsdpDeviceSettings) -> Seat:
        """A seat for `device_id` at its peripheral.

        Raises:
            SettingsError: Another device on this line, or at this peripheral, is set otherwise.
        """
        if settings.line != self._line:
            raise _disagreement(
                device_id,
                "line",
                f"is {settings.line.in_words()}, but another device on it has "
                f"{self._line.in_words()}",
            )
        key_file = str(settings.key_file)
        if self._keys.setdefault(settings.address, key_file) != key_file:
            raise _disagreement(
                device_id, "key_file", "is another one than that of the other device at its address"
            )
        seat = Seat(self, self._panel.add(settings.address))
        self._seats.append(seat)
        return seat

    def counters(self) -> dict[str, int]:
        """What was counted on the line."""
        return self._panel.counters()

    async def run(self) -> None:
        """Keep the line open and serve it until cancelled."""
        failures = 0
        while True:
            opened_at = self._clock.now()
            try:
                await self._serve(await open_line(self._line))
            except DeviceUnavailable as gone:
                self._take(self._panel.closed(str(gone), self._clock.now()))
            if self._clock.now().ms_since(opened_at) >= OFFLINE_AFTER_MS:
                failures = 0
            failures += 1
            await asyncio.sleep(self._backoff.delay_ms(failures, self._jitter) / 1000)

    def change(self, what: Callable[[Instant], None]) -> None:
        """Change something of a peripheral, and let the line go on with it."""
        what(self._clock.now())
        self._wake()

    async def order(self, seat: Seat, code: Code, data: bytes, not_after: Instant) -> OrderAnswered:
        """See `Seat.order`."""
        answer: asyncio.Future[OrderAnswered] = asyncio.get_running_loop().create_future()
        number = self._number()
        self._answers[number] = answer
        try:
            order = Order(number=number, code=code, data=data, not_after=not_after)
            self._give(seat, order)
            return await answer
        finally:
            del self._answers[number]

    def post(self, seat: Seat, code: Code, data: bytes, not_after: Instant, topic: str) -> None:
        """See `Seat.post`."""
        order = Order(
            number=self._number(),
            code=code,
            data=data,
            not_after=not_after,
            may_repeat=True,
            topic=topic,
        )
        self._give(seat, order)

    def _number(self) -> int:
        self._numbers += 1
        return self._numbers

    def _give(self, seat: Seat, order: Order) -> None:
        step = self._panel.order(seat.peripheral.address, order, self._clock.now())
        self._take(step)
        self._wake()

    # -- serving ---------------------------------------------------------------------------

    async def _serve(self, line: Line) -> None:
        why = "the program has closed the line"
        try:
            self._take(self._panel.opened(self._clock.now()))
            while True:
                await self._send(line)
                data = await self._hear(line)
                now = self._clock.now()
                step = self._panel.received(data, now) if data else self._panel.woken(now)
                self._take(step)
        except DeviceUnavailable as gone:
            why = str(gone)
            raise
        finally:
            line.close()
            self._outbox = b""
            self._take(self._panel.closed(why, self._clock.now()))

    async def _send(self, line: Line) -> None:
        data, self._outbox = self._outbox, b""
        if data:
            await line.write(data)

    async def _hear(self, line: Line) -> bytes:
        """Bytes; empty when the time has come to look at the panel again."""
        deadline = self._panel.next_deadline()
        wait_s = None
        if deadline is not None:
            wait_s = max(0.0, -self._clock.now().ms_since(deadline) / 1000)
        if self._is_woken:
            wait_s = 0.0
        try:
            async with asyncio.timeout(wait_s) as self._waiting:
                return await line.read()
        except TimeoutError:
            # If bytes are there, then the program was late and not the peripheral.
            return await line.read() if line.has_bytes_waiting() else b""
        finally:
            self._waiting, self._is_woken = None, False

    def _wake(self) -> None:
        """Let the line look at the panel now."""
        self._is_woken = True
        if self._waiting is not None and not self._waiting.expired():
            self._waiting.reschedule(0)

    def _take(self, step: Step) -> None:
        self._outbox += step.send
        for peripheral, report in step.reports:
            if isinstance(report, OrderAnswered):
                answer = self._answers.get(report.number)
                if answer is not None and not answer.done():
                    answer.set_result(report)
                continue
            for seat in self._seats:
                if seat.peripheral is peripheral:
                    seat.take(report)


def bus_of(settings: OsdpDeviceSettings, clock: Clock, shared: Shared) -> OsdpBus:
    """The bus of the line in `settings`, the same one for every device on it."""
    return shared.get(OsdpBus, settings.place, lambda: OsdpBus(settings, clock))


def is_taken(answer: OrderAnswered) -> bool:
    """Whether the peripheral acknowledged the order."""
    return answer.outcome is OrderOutcome.TAKEN


def _disagreement(device_id: str, key: str, problem: str) -> SettingsError:
    return SettingsError(
        file="settings", key=f"{device_id}.{key}", problem=problem, cure="Write the same for both"
    )
