"""One door on open lines: reads its inputs, times its outputs. No reconnecting."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from access_core.clock import Clock, Instant
from access_core.devices.events import Direction
from access_core.errors import DeviceUnavailable
from device_drivers.gpio_door.codec import reading_of
from device_drivers.gpio_door.settings import GpioDoorSettings
from device_drivers.gpio_door.transport import Chip
from device_drivers.lane.points import LaneReading

TRY_MS: Final = 500
"""How long a wiring test switches an output."""


class PinDoor:
    """The door's wires. Outputs end by `end_what_is_due`, which whoever reads calls each time."""

    def __init__(self, settings: GpioDoorSettings, chip: Chip, clock: Clock) -> None:
        """`chip` has the lines of `settings`, outputs inactive."""
        self._settings = settings
        self._chip = chip
        self._clock = clock
        self._ends: dict[str, Instant] = {}
        """Outputs that are active for a time -> when that is over."""
        self._is_free = False
        self._beat = False

    def read(self) -> LaneReading:
        """All inputs.

        Raises:
            DeviceUnavailable: The chip has gone.
        """
        at = self._clock.now()
        with self._noticing_loss():
            return reading_of(self._chip.active_inputs(), self._settings.points, at)

    def beat(self) -> None:
        """Feed the watchdog relay, if there is one; raises as `read`."""
        if self._settings.heartbeat is not None:
            self._beat = not self._beat
            self._drive("heartbeat", active=self._beat)

    def release(self, direction: Direction) -> None:
        """Begin a release for one passage; raises as `read`."""
        self.switch_for(self._release_output(direction), self._settings.pulse_ms)

    def switch_for(self, output: str, length_ms: int) -> None:
        """Switch one output on for a time; raises as `read`."""
        self._ends[output] = self._clock.now().plus_ms(length_ms)
        self._drive(output, active=True)

    def free(self) -> None:
        """Free the door until secured; raises as `read`."""
        self._is_free = True
        self._ends.pop(self._free_output, None)
        self._drive(self._free_output, active=True)

    def secure(self) -> None:
        """End free and every release; raises as `read`."""
        self._is_free = False
        self._ends.clear()
        for output in self._settings.outputs:
            if output != "heartbeat":
                self._drive(output, active=False)

    def end_what_is_due(self, now: Instant) -> bool:
        """Switch off what has been on for its time; True if something was; raises as `read`."""
        due = [output for output, end in self._ends.items() if now >= end]
        for output in due:
            del self._ends[output]
            if not (self._is_free and output == self._free_output):
                self._drive(output, active=False)
        return bool(due)

    @property
    def _free_output(self) -> str:
        return "free" if self._settings.free is not None else "release"

    def _release_output(self, direction: Direction) -> str:
        is_exit = direction is Direction.EXIT and self._settings.release_exit is not None
        return "release_exit" if is_exit else "release"

    def _drive(self, output: str, *, active: bool) -> None:
        with self._noticing_loss():
            self._chip.drive(self._settings.outputs[output].line, active=active)

    @contextmanager
    def _noticing_loss(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise DeviceUnavailable(
                f"{self._settings.chip}: {error}; check that the chip is still there "
                "(a USB adapter may have been pulled)"
            ) from error
