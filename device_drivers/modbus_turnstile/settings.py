"""Settings of a turnstile behind a Modbus board."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from device_drivers.modbus_turnstile.profile import RegisterProfile
from device_drivers.modbus_turnstile.shipped_profiles import completed
from device_drivers.transports.line_settings import LineSettings
from device_drivers.transports.serial_settings import SerialLineSettings


class ModbusTurnstileSettings(BaseModel):
    """A turnstile lane behind one Modbus unit, over a serial line or TCP."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["modbus_turnstile"] = "modbus_turnstile"
    line: LineSettings
    """The port of the bus, or the host of the board. Several boards may share one line."""
    framing: Literal["auto", "rtu", "tcp"] = "auto"
    """Frames on the line. `auto`: `rtu` on a port, `tcp` (Modbus TCP) to a host; write `rtu` for a
    host that passes a serial line through. Default auto."""
    unit: int = Field(default=1, ge=1, le=247)
    """Modbus unit address of the board. Default 1."""
    poll_ms: int = Field(default=40, ge=5, le=50)
    """Time between two readings of the inputs, ms, at most 50: a passage pulse lasts 300 ms.
    Default 40."""
    answer_ms: int = Field(default=300, ge=20, le=400)
    """Longest wait for an answer of the board, ms. Default 300."""
    profile: RegisterProfile = RegisterProfile()
    """What each register means."""

    @field_validator("profile", mode="before")
    @classmethod
    def _complete(cls, given: Any) -> Any:  # noqa: ANN401 - whatever stands in the file
        return completed(given) if isinstance(given, dict) else given

    @property
    def framing_in_use(self) -> Literal["rtu", "tcp"]:
        """`framing` with `auto` resolved."""
        if self.framing != "auto":
            return self.framing
        return "rtu" if isinstance(self.line, SerialLineSettings) else "tcp"

    @property
    def bus_key(self) -> tuple[str, str]:
        """The same for two boards on one line, and for no others."""
        return self.line.in_words(), self.framing_in_use
