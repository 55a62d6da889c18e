"""Settings of a scanner that types."""

from typing import Literal

from pydantic import ConfigDict, Field

from device_drivers.dialects import DialectSettings


class KeyboardWedgeSettings(DialectSettings):
    """A scanner or card reader that types what it reads, as a USB keyboard with US layout."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["keyboard_wedge"] = "keyboard_wedge"
    device: str = Field(min_length=1)
    """Its input device, by a name that survives replugging: `/dev/input/by-id/...-event-kbd`. It is
    taken for this program alone."""
    repeat_after_ms: int = Field(default=1500, ge=0, le=60_000)
    """The same text again within this time is the same presentation, ms. Default 1500."""
    settle_ms: int = Field(default=200, ge=0, le=5_000)
    """After a (re)connect, reads are marked as possibly old until nothing was typed this long, and
    a line not typed on for so long was broken off, ms. Default 200."""
