"""A door on this machine's pins as a `DoorDriver`, opened again and again."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Final

from access_core.clock import Clock, Instant
from access_core.devices.commands import (
    FreeDoor,
    PulseOutput,
    ReleaseDoor,
    ReleaseOutcome,
    ReleaseResult,
    SecureDoor,
)
from access_core.devices.health import InputState
from access_core.errors import DeviceUnavailable
from access_core.ids import CommandId, DeviceId
from device_drivers.gpio_door.device import TRY_MS, PinDoor
from device_drivers.gpio_door.settings import GpioDoorSettings
from device_drivers.gpio_door.transport import Chip, open_chip
from device_drivers.lane.orders import OrderBook, refused
from device_drivers.lane.reporter import LaneReporter
from device_drivers.supervised import Backoff, SupervisedDevice, SupervisedDriver

OPENING_MS: Final = 1_000
"""A door pulled open in the last moment of its release is seen so much later at most."""


class GpioDoorDriver(SupervisedDriver):
    """Reads the door's inputs all the time and drives its outputs.

    When it begins and when it ends in order, every output is inactive. When it is killed, whatever
    stands in `release_ends_by` ends the release: nothing in this program can.
    """

    def __init__(
        self,
        settings: GpioDoorSettings,
        device_id: DeviceId,
        clock: Clock,
        *,
        backoff: Backoff | None = None,
        open_lines: Callable[[GpioDoorSettings], Chip] = open_chip,
    ) -> None:
        """Nothing is opened before `run()`; `open_lines` raises as `open_chip`."""
        super().__init__(SupervisedDevice(device_id, clock, backoff=backoff, is_polled=True))
        self._settings = settings
        self._clock = clock
        self._open_lines = open_lines
        self._reporter = LaneReporter(settings.watch_rules, settings.fault_limits, settings.points)
        self._orders = OrderBook()
        self._door: PinDoor | None = None
        self._over_at: Instant | None = None

    async def release(self, command: ReleaseDoor) -> ReleaseResult:
        """Release for one passage; accepted: a pin cannot say what the door made of it."""

        def order(door: PinDoor) -> None:
            self._reporter.watch.released_towards(command.direction)
            self._over_at = self._clock.now().plus_ms(self._settings.pulse_ms + OPENING_MS)
            door.release(command.direction)

        return self._order(command.command_id, command.deadline, order)

    async def secure(self, command: SecureDoor) -> ReleaseResult:
        """End free and every release."""

        def order(door: PinDoor) -> None:
            self._reporter.watch.released_towards(None)
            door.secure()

        return self._order(command.command_id, command.deadline, order)

    async def free(self, command: FreeDoor) -> ReleaseResult:
        """Free the door until secured; refused where a timed relay could not be kept on."""
        if not self._settings.can_be_freed:
            return refused(
                command.command_id,
                "a timed relay cannot keep the door free; wire `free`, or use the fire contact",
            )
        return self._order(command.command_id, command.deadline, PinDoor.free)

    def inputs(self) -> tuple[InputState, ...]:
        """Every wired input, as last read."""
        return self._reporter.inputs()

    def outputs(self) -> tuple[str, ...]:
        """The names of the outputs that may be tried."""
        return tuple(name for name in self._settings.outputs if name != "heartbeat")

    async def pulse(self, command: PulseOutput) -> ReleaseResult:
        """Switch one output for half a second."""
        if command.output not in self.outputs():
            names = ", ".join(self.outputs())
            return refused(
                command.command_id, f"there is no output {command.output!r} to try, only {names}"
            )

        def order(door: PinDoor) -> None:
            door.switch_for(command.output, TRY_MS)

        return self._order(command.command_id, command.deadline, order)

    def _order(
        self, command_id: CommandId, deadline: Instant | None, order: Callable[[PinDoor], None]
    ) -> ReleaseResult:
        objection = self._orders.objection(command_id, deadline, self._clock.now())
        if objection is not None:
            return objection
        if self._door is None:
            return refused(command_id, "the chip is not there; nothing was switched")
        self._orders.remember(command_id)
        try:
            order(self._door)
        except DeviceUnavailable as gone:
            detail = f"{gone}; it may have been done"
            return ReleaseResult(
                command_id=command_id, outcome=ReleaseOutcome.UNKNOWN, detail=detail
            )
        return ReleaseResult(
            command_id=command_id, outcome=ReleaseOutcome.ACCEPTED, detail="the output is switched"
        )

    async def _serve(self) -> None:
        chip = self._open_lines(self._settings)
        door = PinDoor(self._settings, chip, self._clock)
        try:
            first = door.read()
            await self._device.ready()
            self._reporter.resume(first)
            self._door = door
            await self._poll(door)
        finally:
            self._door = None
            # Also when cancelled: a release must not outlive the one who would have ended it.
            with contextlib.suppress(DeviceUnavailable):
                door.secure()
            chip.close()

    async def _poll(self, door: PinDoor) -> None:
        while True:
            await asyncio.sleep(self._settings.poll_ms / 1000)
            reading = door.read()
            door.end_what_is_due(reading.at)
            door.beat()
            if self._over_at is not None and reading.at >= self._over_at:
                self._reporter.watch.released_towards(None)
                self._over_at = None
            self._device.heard(reading.at)
            self._device.counters["readings"] += 1
            for event in self._reporter.events(reading, self._device.origin):
                await self._device.emit(event)
