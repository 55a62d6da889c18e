"""Settings of a reader of 125 kHz tags."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from device_drivers.em4100.codec import TagDialect
from device_drivers.transports.line_settings import LineSettings


class Em4100Settings(BaseModel):
    """A reader that repeats the number of a tag as long as it is near."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["em4100"] = "em4100"
    line: LineSettings
    """The line it is connected to."""
    dialect: TagDialect = TagDialect.ASCII
    """`ascii`: RDM6300 and its like. `binary`: frames with length and card type. Default ascii."""
    gone_after_ms: int = Field(default=500, ge=100, le=60_000)
    """A tag not repeated for this long was taken away; the reader repeats it every 50 ms or so.
    Default 500."""
    settle_ms: int = Field(default=200, ge=60, le=5_000)
    """After a (re)connect, reads are marked as possibly old until the line was quiet this long,
    ms: longer than the pause between two repetitions. Default 200."""
