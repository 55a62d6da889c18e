"""How a serial port is to be opened, as written in the settings file."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class SerialLineSettings(BaseModel):
    """One serial port: RS-232, RS-485 by a converter, USB virtual COM, or a pseudo-terminal."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    port: str = Field(min_length=1)
    """Device path; prefer a name that survives replugging, `/dev/serial/by-id/...`."""
    baud: Literal[1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200] = 9600
    """Bits per second, as set in the device. Default 9600, the factory value of most."""
    parity: Literal["none", "even", "odd"] = "none"
    """Parity bit. Default none."""
    stop_bits: Literal[1, 2] = 1
    """Stop bits. Default 1."""

    def in_words(self) -> str:
        """Port and line settings as a technician says them, e.g. `/dev/ttyUSB0 at 9600 8N1`."""
        return f"{self.port} at {self.baud} 8{self.parity[0].upper()}{self.stop_bits}"
