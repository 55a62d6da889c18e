"""Settings of a serial scanner."""

from typing import Literal

from pydantic import ConfigDict, Field

from device_drivers.dialects import DialectSettings
from device_drivers.transports.line_settings import LineSettings


class SerialScannerSettings(DialectSettings):
    """A scanner, card reader or Wiegand converter that sends one line per read."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["serial_scanner"] = "serial_scanner"
    line: LineSettings
    """The line it is connected to."""
    repeat_after_ms: int = Field(default=1500, ge=0, le=60_000)
    """The same text again within this time is the same presentation, ms. Default 1500."""
    settle_ms: int = Field(default=200, ge=0, le=5_000)
    """After a (re)connect, reads are marked as possibly old until the line was quiet this long,
    ms. Default 200."""
