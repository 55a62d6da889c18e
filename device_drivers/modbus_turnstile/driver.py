"""A turnstile behind a Modbus RTU board as a `DoorDriver`."""

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import assert_never

from access_core.clock import Clock, Instant
from access_core.devices.commands import (
    FreeDoor,
    ReleaseDoor,
    ReleaseOutcome,
    ReleaseResult,
    SecureDoor,
)
from access_core.devices.events import (
    DeviceEvent,
    Direction,
    DoorAlarm,
    FireInputChanged,
    Origin,
    PassageReversed,
    PassageSensed,
    PassageStarted,
    ResetPressed,
)
from access_core.ids import CommandId, DeviceId
from device_drivers.modbus_turnstile.bus import BoardRefused, DeadlinePassed, ModbusBus, NoAnswer
from device_drivers.modbus_turnstile.lane_watch import (
    Happening,
    LaneReading,
    LaneWatch,
    Point,
    Sighting,
    points_of,
)
from device_drivers.modbus_turnstile.settings import ModbusTurnstileSettings
from device_drivers.supervised import Backoff, SupervisedDevice, SupervisedDriver

ORDER_S = 0.9
"""Longest time an order takes, whatever the line does: the port promises an answer within 1 s."""

SEND_WITHIN_MS = 450
"""An order that could not be sent for this long is given up unsent."""

MISSED_READINGS = 3
"""So many readings in a row without an answer, and the board is lost."""

REMEMBERED_ORDERS = 64
"""Command ids kept to refuse a repeat."""


class ModbusTurnstileDriver(SupervisedDriver):
    """Reads the lane's inputs all the time and passes orders on.

    What is found at a (re)connect has not just happened: it is never told as a new passage.
    Counters bridge a loss of the line, so that a passage during it is told once.
    """

    def __init__(
        self,
        settings: ModbusTurnstileSettings,
        device_id: DeviceId,
        clock: Clock,
        *,
        backoff: Backoff | None = None,
    ) -> None:
        """Nothing is opened before `run()`."""
        self._settings = settings
        self._profile = settings.profile
        self._clock = clock
        super().__init__(SupervisedDevice(device_id, clock, backoff=backoff, is_polled=True))
        self._watch = LaneWatch(settings.profile)
        self._points = points_of(settings.profile)
        self._bus: ModbusBus | None = None
        self._latest: LaneReading | None = None
        self._new_reading = asyncio.Event()
        self._orders: deque[CommandId] = deque(maxlen=REMEMBERED_ORDERS)
        self._hold_until: Instant | None = None

    async def release(self, command: ReleaseDoor) -> ReleaseResult:
        """Release for one passage; answers within 1 s, whatever the line does.

        Confirmed once the board shows the lane released; accepted if it took the order and does
        not (yet) show it; unknown if the line failed after the order may have been sent.
        """
        coil = self._release_coil(command.direction)
        result = await self._order(
            command.command_id, [(coil, True)], released=True, deadline=command.deadline
        )
        if self._profile.release_mode == "hold" and result.outcome in _MAY_BE_OPEN:
            self._hold_until = self._clock.now().plus_ms(self._profile.hold_ms)
        return result

    async def secure(self, command: SecureDoor) -> ReleaseResult:
        """End every release and lock both directions; refused by the board while fire is on."""
        absent = self._profile.absent
        writes = []
        if "free_coil" not in absent:
            writes.append((self._profile.free_coil, False))
        if "secure_coil" not in absent:
            writes.append((self._profile.secure_coil, True))
        else:
            writes += [(self._release_coil(direction), False) for direction in Direction]
        return await self._order(command.command_id, writes, released=False)

    async def free(self, command: FreeDoor) -> ReleaseResult:
        """Free both directions until secured; refused if the board has no such coil."""
        if "free_coil" in self._profile.absent:
            return ReleaseResult(
                command_id=command.command_id,
                outcome=ReleaseOutcome.REFUSED,
                detail="this board cannot be freed by an order; use the fire contact",
            )
        writes = [(self._profile.free_coil, True)]
        return await self._order(command.command_id, writes, released=True)

    # -- orders ----------------------------------------------------------------------------

    async def _order(
        self,
        command_id: CommandId,
        writes: Sequence[tuple[int, bool]],
        *,
        released: bool,
        deadline: Instant | None = None,
    ) -> ReleaseResult:
        def answer(outcome: ReleaseOutcome, detail: str) -> ReleaseResult:
            return ReleaseResult(command_id=command_id, outcome=outcome, detail=detail)

        start = self._clock.now()
        if command_id in self._orders:
            return answer(ReleaseOutcome.REFUSED, "this order was already given; nothing was sent")
        if deadline is not None and start.mono_ns > deadline.mono_ns:
            return answer(ReleaseOutcome.EXPIRED, "came after its deadline; nothing was sent")
        if self._bus is None:
            return answer(ReleaseOutcome.REFUSED, "the line is down; nothing was sent")
        self._orders.append(command_id)
        not_after = _earlier(deadline, start.plus_ms(SEND_WITHIN_MS))
        is_taken = False
        try:
            async with asyncio.timeout(ORDER_S):
                is_taken = await self._write(self._bus, writes, not_after)
                if Point.RELEASED in self._points:
                    await self._until_shown(released=released)
                    return answer(ReleaseOutcome.CONFIRMED, "the board shows it")
        except DeadlinePassed as late:
            return answer(ReleaseOutcome.EXPIRED, str(late))
        except BoardRefused as refused:
            return answer(ReleaseOutcome.REFUSED, str(refused))
        except TimeoutError:
            pass  # time is up: what is known by now is the answer
        if is_taken:
            return answer(ReleaseOutcome.ACCEPTED, "the board took it and does not show it (yet)")
        return answer(ReleaseOutcome.UNKNOWN, "no confirmation; it may have been done")

    async def _write(
        self, bus: ModbusBus, writes: Sequence[tuple[int, bool]], not_after: Instant
    ) -> bool:
        """True if every write was confirmed; False if one may or may not have been done."""
        is_taken = True
        for coil, on in writes:
            try:
                await bus.write_coil(coil, on=on, not_after=not_after)
            except NoAnswer:
                is_taken = False
        return is_taken

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

    # -- serving ---------------------------------------------------------------------------

    async def _serve(self) -> None:
        bus = ModbusBus(self._settings, self._clock)
        try:
            await bus.open()
            first = await self._read(bus)
            if self._profile.release_mode == "hold":
                await self._end_hold(bus)
            await self._device.ready()
            self._watch.resume(first)
            self._bus = bus
            await self._poll(bus)
        finally:
            self._bus = None
            bus.close()

    async def _poll(self, bus: ModbusBus) -> None:
        loop = asyncio.get_running_loop()
        missed = 0
        while True:
            due = loop.time() + self._settings.poll_ms / 1000
            try:
                reading = await self._read(bus)
            except NoAnswer:
                missed += 1
                if missed >= MISSED_READINGS:
                    raise
                continue
            missed = 0
            self._device.heard(self._clock.now())
            await self._tell(reading)
            if self._hold_until is not None and reading.at >= self._hold_until:
                await self._end_hold(bus)
            await asyncio.sleep(max(0.0, due - loop.time()))

    async def _read(self, bus: ModbusBus) -> LaneReading:
        # The moment before asking: what the board says was so then or later.
        at = self._clock.now()
        addresses = [wired.address for wired in self._points.values()]
        first, last = min(addresses), max(addresses)
        bits = await bus.read_inputs(first, last - first + 1)
        counts: dict[Direction, int] = {}
        if "count_registers" not in self._profile.absent:
            entries, exits = await bus.read_registers(self._profile.entry_count_register, 2)
            counts = {Direction.ENTRY: entries, Direction.EXIT: exits}
        active = frozenset(
            point
            for point, wired in self._points.items()
            if bits[wired.address - first] is not wired.active_low
        )
        return LaneReading(at=at, active=active, counts=counts)

    async def _tell(self, reading: LaneReading) -> None:
        self._latest = reading
        self._new_reading.set()
        for sighting in self._watch.observe(reading):
            if sighting.what is Happening.PASSED and self._hold_until is not None:
                self._hold_until = reading.at
            for event in self._as_events(sighting, reading.at):
                await self._device.emit(event)

    def _as_events(self, sighting: Sighting, at: Instant) -> list[DeviceEvent]:
        direction = sighting.direction or Direction.ENTRY
        match sighting.what:
            case Happening.STARTED:
                return [PassageStarted(origin=self._origin(at), direction=direction)]
            case Happening.PASSED:
                return [PassageSensed(origin=self._origin(at), direction=direction)]
            case Happening.REVERSED:
                return [PassageReversed(origin=self._origin(at), direction=direction)]
            case Happening.FIRE_ON | Happening.FIRE_OFF:
                is_active = sighting.what is Happening.FIRE_ON
                return [FireInputChanged(origin=self._origin(at), is_active=is_active)]
            case Happening.ALARM_ON | Happening.ALARM_OFF:
                is_active = sighting.what is Happening.ALARM_ON
                return [self._alarm(at, "alarm output of the board", is_active=is_active)]
            case Happening.RESET:
                return [ResetPressed(origin=self._origin(at))]
            case Happening.COUNTERS_RESET:
                detail = f"{direction} counter began anew: the board lost power, passages unknown"
                return [self._alarm(at, detail, is_active=on) for on in (True, False)]
            case _:
                assert_never(sighting.what)

    def _alarm(self, at: Instant, detail: str, *, is_active: bool) -> DoorAlarm:
        return DoorAlarm(origin=self._origin(at), is_active=is_active, detail=detail)

    def _origin(self, at: Instant) -> Origin:
        return self._device.origin(at)

    def _release_coil(self, direction: Direction) -> int:
        if direction is Direction.ENTRY:
            return self._profile.release_entry_coil
        return self._profile.release_exit_coil

    async def _end_hold(self, bus: ModbusBus) -> None:
        """Switch both release coils off: in hold mode nobody else does.

        Raises:
            DeviceUnavailable: The board does not confirm; connecting anew tries it again.
        """
        for direction in Direction:
            await bus.write_coil(self._release_coil(direction), on=False)
        self._hold_until = None


_MAY_BE_OPEN = frozenset(
    {ReleaseOutcome.CONFIRMED, ReleaseOutcome.ACCEPTED, ReleaseOutcome.UNKNOWN}
)


def _earlier(deadline: Instant | None, other: Instant) -> Instant:
    if deadline is None or other.mono_ns < deadline.mono_ns:
        return other
    return deadline
