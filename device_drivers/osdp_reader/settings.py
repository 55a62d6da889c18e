"""Settings of an OSDP reader."""

from typing import Literal

from pydantic import Field

from device_drivers.osdp_bus.settings import OsdpDeviceSettings


class OsdpReaderSettings(OsdpDeviceSettings):
    """A card or keypad reader on an OSDP line; Secure Channel is required."""

    kind: Literal["osdp_reader"] = "osdp_reader"
    repeat_after_ms: int = Field(default=1500, ge=0, le=60_000)
    """The same card again within this time is the same presentation, ms. Default 1500."""
    keypad_wait_ms: int = Field(default=3000, ge=500, le=30_000)
    """What was typed is complete after `#`, or after this time without a key, ms. Default 3000."""
