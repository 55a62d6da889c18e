"""Settings of a turnstile behind a Modbus RTU board, its register profile included."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from device_drivers.transports.serial_settings import SerialLineSettings

_FORBID = ConfigDict(extra="forbid", frozen=True)


class InputPoint(BaseModel):
    """One discrete input of the board."""

    model_config = _FORBID

    address: int = Field(ge=0, le=65_535)
    """Address on the wire, counted from 0."""
    active_low: bool = False
    """True for a normally closed contact: the signal's absence means active."""


class RegisterProfile(BaseModel):
    """Which coil, input and counter of the board means what. Defaults: the generic lane board.

    An input or coil set to `None` does not exist on this board.
    """

    model_config = _FORBID

    release_entry_coil: int = Field(default=0, ge=0, le=65_535)
    """Releases one entry."""
    release_exit_coil: int = Field(default=1, ge=0, le=65_535)
    """Releases one exit."""
    free_coil: int | None = Field(default=2, ge=0, le=65_535)
    """Frees both directions while on; the board keeps it."""
    secure_coil: int | None = Field(default=3, ge=0, le=65_535)
    """Ends any release and locks both directions; the board resets it."""
    release_mode: Literal["pulse", "hold"] = "pulse"
    """`pulse`: the board's own timer ends the release, so that a dead agent cannot hold the lane
    open. `hold`: this program ends it, on the passage or after `hold_ms`."""
    hold_ms: int = Field(default=5_000, ge=500, le=30_000)
    """Only for `hold`: longest release, ms. Default 5000."""

    passage_entry: InputPoint | None = InputPoint(address=0)
    """Active for a moment when one person has entered."""
    passage_exit: InputPoint | None = InputPoint(address=1)
    """Active for a moment when one person has left."""
    passage_latched: bool = False
    """True if the board keeps a passage input active until it was read once: one read is enough."""
    occupied_entry: InputPoint | None = InputPoint(address=2)
    """Active while the rotor is off its rest position inwards."""
    occupied_exit: InputPoint | None = InputPoint(address=3)
    """The same outwards."""
    released: InputPoint | None = InputPoint(address=4)
    """Active while the lane is released or free: confirms a release."""
    alarm: InputPoint | None = InputPoint(address=5)
    """The board's own alarm output."""
    fire: InputPoint | None = InputPoint(address=6, active_low=True)
    """Fire contact, normally closed: the loss of the signal is fire."""
    reset_key: InputPoint | None = InputPoint(address=7)
    """Key switch at the lane."""

    entry_count_register: int | None = Field(default=0, ge=0, le=65_535)
    """Input register counting entries modulo 65536. With counters, passages are counted by them
    and none is missed or doubled over a line loss."""
    exit_count_register: int | None = Field(default=1, ge=0, le=65_535)
    """Input register counting exits; must follow the entry register or stand alone."""


class ModbusTurnstileSettings(BaseModel):
    """A turnstile lane behind one Modbus RTU unit."""

    model_config = _FORBID

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
