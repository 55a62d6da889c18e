"""A turnstile behind a Modbus board as a `DoorDriver`, connected again and again."""

import asyncio
from collections.abc import Awaitable, Callable

from access_core.clock import Clock, Instant
from access_core.devices.commands import (
    FreeDoor,
    PulseOutput,
    ReleaseDoor,
    ReleaseOutcome,
    ReleaseResult,
    SecureDoor,
)
from access_core.devices.events import PassageSensed
from access_core.devices.health import InputState
from access_core.errors import DeviceUnavailable
from access_core.ids import CommandId, DeviceId
from device_drivers.lane.orders import ORDER_S, OrderBook, refused, send_before
from device_drivers.lane.points import LaneReading, Point
from device_drivers.lane.reporter import LaneReporter
from device_drivers.modbus_turnstile.bus import (
    BoardRefused,
    DeadlinePassed,
    LineDown,
    ModbusBus,
    NoAnswer,
)
from device_drivers.modbus_turnstile.device import LaneBoard
from device_drivers.modbus_turnstile.settings import ModbusTurnstileSettings
from device_drivers.supervised import Backoff, SupervisedDevice, SupervisedDriver

MISSED_READINGS = 3
"""So many readings in a row without an answer, and the board is lost."""

CONFIRM_S = 0.01
"""A change is looked at again so soon; contacts have done bouncing by then (5 to 10 ms)."""

OPENING_MS = 1_000
"""A door pulled open in the last moment of its release is seen so much later at most."""

_MAY_BE_OPEN = frozenset(
    {ReleaseOutcome.CONFIRMED, ReleaseOutcome.ACCEPTED, ReleaseOutcome.UNKNOWN}
)


class ModbusTurnstileDriver(SupervisedDriver):
    """Reads the lane's inputs all the time and passes orders on.

    What is found at a (re)connect has not just happened: it is never told as a new passage.
    Counters bridge a loss of the line, so that a passage during it is told once. Nothing is ever
    switched on because a line was lost or came back.
    """

    def __init__(
        self,
        settings: ModbusTurnstileSettings,
        device_id: DeviceId,
        clock: Clock,
        bus: ModbusBus,
        *,
        backoff: Backoff | None = None,
    ) -> None:
        """Nothing is opened before `run()`."""
        super().__init__(SupervisedDevice(device_id, clock, backoff=backoff, is_polled=True))
        self._settings = settings
        self._profile = profile = settings.profile
        self._clock = clock
        self._bus = bus
        self._board = LaneBoard(settings, bus, clock, self._device.counters)
        self._reporter = LaneReporter(
            profile.watch_rules, profile.fault_limits, profile.points, profile.alarm_means
        )
        self._orders = OrderBook()
        self._is_up = False
        self._latest: LaneReading | None = None
        self._new_reading = asyncio.Event()
        self._end_at: Instant | None = None
        """When this program has to end the release signal; None if nobody has to."""
        self._over_at: Instant | None = None
        """From when on an opened door is not the released one any more."""
        self._is_ours_to_end = profile.release_mode == "hold" or not profile.has_own_timer

    async def release(self, command: ReleaseDoor) -> ReleaseResult:
        """Release for one passage; answers within 1 s, whatever the line does.

        Confirmed once the board shows the lane released; accepted if it took the order and does
        not (yet) show it; unknown if the line failed after the order may have been sent.
        """
        if not self._board.has_output(f"release_{command.direction}"):
            return refused(command.command_id, f"this lane has no {command.direction} to release")
        if self._is_unready():
            return refused(command.command_id, "the turnstile is not ready; nothing was sent")

        async def order(not_after: Instant) -> bool:
            # Told before: the door may be open before the answer is here.
            self._reporter.watch.released_towards(command.direction)
            self._over_at = self._clock.now().plus_ms(self._profile.signal_ms + OPENING_MS)
            is_taken = await self._board.release(command.direction, not_after)
            if is_taken:
                self._reporter.faults.release_taken(self._clock.now())
            return is_taken

        result = await self._order(command.command_id, order, command.deadline, released=True)
        if result.outcome in _MAY_BE_OPEN and self._is_ours_to_end:
            self._end_at = self._clock.now().plus_ms(self._profile.signal_ms)
        return result

    async def secure(self, command: SecureDoor) -> ReleaseResult:
        """End every release and lock both directions; refused by the board while fire is on."""
        result = await self._order(
            command.command_id, self._board.secure, command.deadline, released=False
        )
        self._reporter.watch.released_towards(None)
        if result.outcome in {ReleaseOutcome.CONFIRMED, ReleaseOutcome.ACCEPTED}:
            self._reporter.faults.release_over()
            self._reporter.faults.is_freed = False
        return result

    async def free(self, command: FreeDoor) -> ReleaseResult:
        """Free both directions until secured; refused if the board has no such coil."""
        if not self._board.has_output("free"):
            return refused(
                command.command_id,
                "this board cannot be freed by an order; use the fire contact",
            )
        faults = self._reporter.faults
        # Before the answer: a lane that may be free must not be taken for one that sticks.
        was_freed, faults.is_freed = faults.is_freed, True
        result = await self._order(
            command.command_id, self._board.free, command.deadline, released=True
        )
        if result.outcome not in _MAY_BE_OPEN:
            faults.is_freed = was_freed
        return result

    def inputs(self) -> tuple[InputState, ...]:
        """Every input, in the order of the terminals, as last read."""
        return self._reporter.inputs()

    def outputs(self) -> tuple[str, ...]:
        """The names of the outputs that may be tried."""
        return self._board.outputs_to_try()

    async def pulse(self, command: PulseOutput) -> ReleaseResult:
        """Switch one output for a moment; answers within 1 s."""
        if command.output not in self.outputs():
            names = ", ".join(self.outputs())
            return refused(
                command.command_id, f"there is no output {command.output!r} to try, only {names}"
            )

        async def order(not_after: Instant) -> bool:
            return await self._board.pulse(command.output, not_after)

        return await self._order(command.command_id, order, command.deadline)

    # -- orders ----------------------------------------------------------------------------

    async def _order(
        self,
        command_id: CommandId,
        order: Callable[[Instant], Awaitable[bool]],
        deadline: Instant | None,
        *,
        released: bool | None = None,
    ) -> ReleaseResult:
        """Carry `order` out; with `released` wait until the lane shows that it is so."""

        def answer(outcome: ReleaseOutcome, detail: str) -> ReleaseResult:
            return ReleaseResult(command_id=command_id, outcome=outcome, detail=detail)

        start = self._clock.now()
        objection = self._orders.objection(command_id, deadline, start)
        if objection is not None:
            return objection
        if not self._is_up:
            return refused(command_id, "the line is down; nothing was sent")
        self._orders.remember(command_id)
        is_taken = False
        try:
            async with asyncio.timeout(ORDER_S):
                is_taken = await order(send_before(deadline, start))
                if released is not None and Point.RELEASED in self._profile.points:
                    await self._until_shown(released=released)
                    return answer(ReleaseOutcome.CONFIRMED, "the board shows it")
        except DeadlinePassed as late:
            return answer(ReleaseOutcome.EXPIRED, str(late))
        except (BoardRefused, LineDown) as no:
            return answer(ReleaseOutcome.REFUSED, str(no))
        except DeviceUnavailable as gone:
            return answer(ReleaseOutcome.UNKNOWN, f"{gone}; it may have been done")
        except TimeoutError:
            pass  # time is up: what is known by now is the answer
        if is_taken:
            return answer(ReleaseOutcome.ACCEPTED, "the board took it and does not show it (yet)")
        return answer(ReleaseOutcome.UNKNOWN, "no confirmation; it may have been done")

    async def _until_shown(self, *, released: bool) -> None:
        """Return when a reading begun from now on shows the lane released, or not."""
        sent_at = self._clock.now()
        while True:
            self._new_reading.clear()
            await self._new_reading.wait()
            reading = self._latest
            if reading is None or reading.at < sent_at:
                continue
            if (Point.RELEASED in reading.active) is released:
                return

    def _is_unready(self) -> bool:
        has_ready = Point.READY in self._profile.points
        return has_ready and self._latest is not None and Point.READY not in self._latest.active

    # -- serving ---------------------------------------------------------------------------

    async def _serve(self) -> None:
        async with self._bus.used():
            try:
                has_counts = self._profile.watch_rules.has_counters
                first = await self._board.read(with_counts=has_counts)
                if self._is_ours_to_end:
                    await self._board.end_release()
                    self._end_at = None
                await self._device.ready()
                self._reporter.resume(first)
                self._latest = first
                self._is_up = True
                await self._poll()
            finally:
                self._is_up = False

    async def _poll(self) -> None:
        loop = asyncio.get_running_loop()
        missed = 0
        while True:
            due = loop.time() + self._settings.poll_ms / 1000
            wants_counts = self._reporter.watch.wants_counts(self._clock.now())
            try:
                reading = await self._board.read(with_counts=wants_counts)
            except NoAnswer:
                missed += 1
                if missed >= MISSED_READINGS:
                    raise
                continue
            missed = 0
            self._device.heard(self._clock.now())
            self._device.counters["readings"] += 1
            await self._tell(reading)
            await self._end_what_is_over(reading.at)
            if self._reporter.watch.is_unsure:
                due = min(due, loop.time() + CONFIRM_S)
            await asyncio.sleep(max(0.0, due - loop.time()))

    async def _end_what_is_over(self, now: Instant) -> None:
        if self._over_at is not None and now >= self._over_at:
            self._reporter.watch.released_towards(None)
            self._over_at = None
        if self._end_at is not None and now >= self._end_at:
            await self._board.end_release()
            self._reporter.faults.release_over()
            self._end_at = None

    async def _tell(self, reading: LaneReading) -> None:
        self._latest = reading
        self._new_reading.set()
        for event in self._reporter.events(reading, self._device.origin):
            is_held = self._profile.release_mode == "hold"
            if isinstance(event, PassageSensed) and is_held and self._end_at is not None:
                self._end_at = reading.at
            await self._device.emit(event)
