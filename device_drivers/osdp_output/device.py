"""A door at its seat: releasing, locking, freeing by the peripheral's own outputs."""

from typing import Final

from access_core.clock import Clock, Instant
from access_core.devices.commands import (
    FreeDoor,
    ReleaseDoor,
    ReleaseOutcome,
    ReleaseResult,
    SecureDoor,
)
from access_core.devices.events import Direction
from device_drivers.osdp_bus.messages import OutputControl
from device_drivers.osdp_bus.switching import Switchboard
from device_drivers.osdp_bus.wires import Wires
from device_drivers.osdp_output.codec import for_good, release_by
from device_drivers.osdp_output.settings import OsdpOutputSettings

OPENING_MS: Final = 1_000
"""A door pulled open in the last moment of its release is reported so much later at most."""
_MAY_BE_OPEN: Final = frozenset(
    {ReleaseOutcome.CONFIRMED, ReleaseOutcome.ACCEPTED, ReleaseOutcome.UNKNOWN}
)


class OutputDoor:
    """The orders of one door. Nothing is switched but by an order."""

    def __init__(
        self, settings: OsdpOutputSettings, switchboard: Switchboard, wires: Wires, clock: Clock
    ) -> None:
        """`wires` are told of orders: an opened door means something else after a release."""
        self._settings = settings
        self._outputs = [settings.output_for(direction) for direction in Direction]
        self._switchboard = switchboard
        self._wires = wires
        self._clock = clock
        self._released_until: Instant | None = None

    async def release(self, command: ReleaseDoor) -> ReleaseResult:
        """One passage."""
        number = self._settings.output_for(command.direction)
        switch = release_by(number, self._settings.release_ms)
        # Told before: the door may be open before the answer is here.
        until_before = self._released_until
        self._wires.reporter.watch.released_towards(command.direction)
        self._released_until = self._clock.now().plus_ms(self._settings.release_ms + OPENING_MS)
        result = await self._switchboard.give(command.command_id, [switch], command.deadline)
        if result.outcome not in _MAY_BE_OPEN and until_before is None:
            self._over()
        return result

    async def secure(self, command: SecureDoor) -> ReleaseResult:
        """Every output off, a running release ended."""
        self._over()
        self._wires.reporter.faults.is_freed = False
        switches = for_good(self._outputs, OutputControl.OFF)
        return await self._switchboard.give(command.command_id, switches, command.deadline)

    async def free(self, command: FreeDoor) -> ReleaseResult:
        """Every output on until secured."""
        self._wires.reporter.faults.is_freed = True
        switches = for_good(self._outputs, OutputControl.ON)
        return await self._switchboard.give(command.command_id, switches, command.deadline)

    def time_passed(self, now: Instant) -> None:
        """A release ends."""
        if self._released_until is not None and now >= self._released_until:
            self._over()

    def _over(self) -> None:
        self._released_until = None
        self._wires.reporter.watch.released_towards(None)
