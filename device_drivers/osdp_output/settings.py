"""Settings of a door behind outputs of an OSDP peripheral."""

from typing import Literal

from pydantic import Field

from access_core.devices.events import Direction
from device_drivers.osdp_bus.settings import OsdpDeviceSettings


class OsdpOutputSettings(OsdpDeviceSettings):
    """A door or lane released by outputs of a peripheral; Secure Channel is required."""

    kind: Literal["osdp_output"] = "osdp_output"
    release_entry_output: int = Field(default=0, ge=0, le=63)
    """The output that releases one entry, counted from 0. Default 0."""
    release_exit_output: int = Field(default=0, ge=0, le=63)
    """The output that releases one exit; a door has the same one for both. Default 0."""
    release_ms: int = Field(default=3000, ge=100, le=60_000)
    """How long a release lasts, ms, in steps of 100; the peripheral ends it by itself.
    Default 3000."""
    passage_signal: Literal["none", "pulse", "level"] = "none"
    """How a passage is told. `none`: by the opening of a released door. `pulse`, `level`: by the
    inputs `passage_entry` and `passage_exit`, active after it or during it. Default none."""

    def output_for(self, direction: Direction) -> int:
        """The number of the output that releases `direction`."""
        if direction is Direction.ENTRY:
            return self.release_entry_output
        return self.release_exit_output

    def outputs_wanted(self) -> int:
        """Those of both directions."""
        return 1 + max(self.release_entry_output, self.release_exit_output)
