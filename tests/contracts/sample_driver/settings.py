"""Settings of a desk reader for cards."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from device_drivers.transports.line_settings import LineSettings


class CardReaderSettings(BaseModel):
    """A desk reader that sends the serial number of a card laid on it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["card_reader"] = "card_reader"
    line: LineSettings
    """The line it is connected to."""
    gone_after_ms: int = Field(default=500, ge=100, le=60_000)
    """A card not read again for this long was taken away, ms. Default 500."""
    settle_ms: int = Field(default=200, ge=20, le=5_000)
    """After a (re)connect, reads are marked as possibly old until the line was quiet this long,
    ms. Default 200."""
