"""Settings of a turnstile behind a Modbus RTU board."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from device_drivers.modbus_turnstile.profile import RegisterProfile
from device_drivers.transports.serial_settings import SerialLineSettings


class ModbusTurnstileSettings(BaseModel):
    """A turnstile lane behind one Modbus RTU unit."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["modbus_turnstile"] = "modbus_turnstile"
    line: SerialLineSettings
    """The port of the bus."""
    unit: int = Field(default=1, ge=1, le=247)
    """Modbus unit address of the board. Default 1."""
    poll_ms: int = Field(default=40, ge=5, le=50)
    """Time between two readings of the inputs, ms, at most 50: a passage pulse lasts 300 ms.
    Default 40."""
    answer_ms: int = Field(default=300, ge=20, le=400)
    """Longest wait for an answer of the board, ms. Default 300."""
    profile: RegisterProfile = RegisterProfile()
    """What each register means."""
