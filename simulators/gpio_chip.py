"""A chip in memory with a door at its lines: levels, relays, and a kernel that keeps a pin as is.

It stands in for the chip itself. What it cannot show is libgpiod and real hardware.
"""

import asyncio
import errno
from typing import Final

from access_core.errors import DeviceUnavailable
from simulators.lane_sensors import LaneSensors
from simulators.turnstile_lane import LaneTimes, Oracle, TurnstileLane, Way

RELEASE, HEARTBEAT = 0, 9
INPUTS: Final = {1: "door_contact", 2: "exit_button", 3: "fire", 4: "tamper", 5: "passage_entry"}
"""Line -> the sensor that is wired to it."""

STARVED_S: Final = 0.3
"""A watchdog relay drops if its line does not move for so long."""


class SimulatedGpioChip:
    """One door: release on line 0, heartbeat on line 9, sensors on the lines of `INPUTS`.

    `relay` is what hangs at the release line: `plain`, `timed` (a rising edge closes it for
    `relay_ms`), or `watched` (it needs the heartbeat).
    """

    def __init__(
        self, *, relay: str = "plain", relay_ms: int = 150, times: LaneTimes | None = None
    ) -> None:
        """A door without power at the relay; `times` are real ones unless given."""
        self.lane = TurnstileLane(times or LaneTimes())
        self.sensors = LaneSensors(self.lane)
        self.levels = {RELEASE: False, HEARTBEAT: False}
        """Outputs as they stand, whoever set them."""
        self.is_plugged = True
        self.is_held = False
        """Requested by somebody."""
        self._relay = relay
        self._relay_ms = relay_ms
        self._is_closed = False
        self._timer: asyncio.TimerHandle | None = None

    @property
    def oracle(self) -> Oracle:
        """What truly happened."""
        return self.lane.oracle

    def open_lines(self, settings: object) -> "SimulatedLines":
        """The lines, requested anew, outputs inactive; raises as the driver's `open_chip`."""
        if not self.is_plugged:
            raise DeviceUnavailable(f"{settings}: no such chip; check that it is there")
        if self.is_held:
            raise DeviceUnavailable(f"{settings}: in use; check that no other program holds it")
        self.is_held = True
        lines = SimulatedLines(self)
        lines.drive(RELEASE, active=False)
        return lines

    def kill_owner(self) -> None:
        """The process that holds the lines is killed: they are free again, the levels stay."""
        self.is_held = False

    def stop(self) -> None:
        """Cancel what is still to happen."""
        self.lane.stop()
        if self._timer is not None:
            self._timer.cancel()

    def active(self) -> frozenset[int]:
        """Input lines that are active."""
        self._require()
        return frozenset(line for line, name in INPUTS.items() if self.sensors.read(name))

    def set_level(self, line: int, *, active: bool) -> None:
        """Somebody drives a line."""
        self._require()
        has_risen = active and not self.levels[line]
        self.levels[line] = active
        if line == HEARTBEAT and self._relay == "watched":
            self._close_for(STARVED_S, only_if=self.levels[RELEASE])
        elif line == RELEASE and self._relay == "timed":
            if has_risen:
                self._close_for(self._relay_ms / 1000, only_if=True)
        elif line == RELEASE and self._relay == "watched":
            self._close_for(STARVED_S, only_if=active)
        elif line == RELEASE:
            self._switch(closed=active)

    def _close_for(self, seconds: float, *, only_if: bool) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._switch(closed=only_if)
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(seconds, lambda: self._switch(closed=False))

    def _switch(self, *, closed: bool) -> None:
        if closed is not self._is_closed:
            self._is_closed = closed
            if closed:
                self.lane.release(Way.ENTRY)
            else:
                self.lane.end_release(Way.ENTRY)

    def _require(self) -> None:
        if not self.is_plugged:
            raise OSError(errno.ENODEV, "No such device")


class SimulatedLines:
    """The lines in the hand of one process, as `device_drivers.gpio_door.transport.Chip`."""

    def __init__(self, chip: SimulatedGpioChip) -> None:
        """Requested from `chip`."""
        self._chip: SimulatedGpioChip | None = chip

    def active_inputs(self) -> frozenset[int]:
        """Input lines that are active."""
        return self._held().active()

    def drive(self, line: int, *, active: bool) -> None:
        """Set one output."""
        self._held().set_level(line, active=active)

    def close(self) -> None:
        """Give the lines back; the levels stay."""
        if self._chip is not None:
            self._chip.is_held = False
            self._chip = None

    def _held(self) -> SimulatedGpioChip:
        if self._chip is None or not self._chip.is_held:
            raise OSError(errno.EBADF, "Bad file descriptor")
        return self._chip
