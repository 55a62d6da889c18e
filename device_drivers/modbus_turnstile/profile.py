"""Which coil, input and counter of a relay board means what: the declarative register profile."""

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Part = Literal[
    "free_coil",
    "secure_coil",
    "passage_entry",
    "passage_exit",
    "occupied_entry",
    "occupied_exit",
    "released",
    "alarm",
    "fire",
    "reset_key",
    "count_registers",
]
"""What a board may lack."""


class InputPoint(BaseModel):
    """One discrete input of the board."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    address: int = Field(ge=0, le=65_535)
    """Address on the wire, counted from 0."""
    active_low: bool = False
    """True for a normally closed contact: the signal's absence means active."""


class RegisterProfile(BaseModel):
    """Which coil, input and counter of the board means what. Defaults: the generic lane board.

    What the board lacks is named in `absent`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    absent: frozenset[Part] = frozenset()
    """Names of inputs, coils and counters below that this board does not have. Default none."""

    release_entry_coil: int = Field(default=0, ge=0, le=65_535)
    """Releases one entry."""
    release_exit_coil: int = Field(default=1, ge=0, le=65_535)
    """Releases one exit."""
    free_coil: int = Field(default=2, ge=0, le=65_535)
    """Frees both directions while on; the board keeps it."""
    secure_coil: int = Field(default=3, ge=0, le=65_535)
    """Ends any release and locks both directions; the board resets it."""
    release_mode: Literal["pulse", "hold"] = "pulse"
    """`pulse`: the board's own timer ends the release, so that a dead agent cannot hold the lane
    open. `hold`: this program ends it, on the passage or after `hold_ms`."""
    hold_ms: int = Field(default=5_000, ge=500, le=30_000)
    """Only for `hold`: longest release, ms. Default 5000."""

    passage_entry: InputPoint = InputPoint(address=0)
    """Active for a moment when one person has entered."""
    passage_exit: InputPoint = InputPoint(address=1)
    """Active for a moment when one person has left."""
    passage_latched: bool = False
    """True if the board keeps a passage input active until it was read once: one read is enough."""
    occupied_entry: InputPoint = InputPoint(address=2)
    """Active while the rotor is off its rest position inwards."""
    occupied_exit: InputPoint = InputPoint(address=3)
    """The same outwards."""
    released: InputPoint = InputPoint(address=4)
    """Active while the lane is released or free: confirms a release."""
    alarm: InputPoint = InputPoint(address=5)
    """The board's own alarm output."""
    fire: InputPoint = InputPoint(address=6, active_low=True)
    """Fire contact, normally closed: the loss of the signal is fire."""
    reset_key: InputPoint = InputPoint(address=7)
    """Key switch at the lane."""

    entry_count_register: int = Field(default=0, ge=0, le=65_535)
    """Input register counting entries modulo 65536. With counters, passages are counted by them
    and none is missed or doubled over a line loss."""
    exit_count_register: int = Field(default=1, ge=0, le=65_535)
    """The same for exits; directly after the entry register."""

    @model_validator(mode="after")
    def _can_tell_a_passage(self) -> Self:
        """Refuse a board whose passages nobody could see: a grant would never be a passage."""
        has_counts = "count_registers" not in self.absent
        if not has_counts and self.absent >= {"passage_entry", "passage_exit"}:
            msg = "absent: a lane needs count_registers or a passage input"
            raise ValueError(msg)
        if has_counts and self.exit_count_register != self.entry_count_register + 1:
            msg = "exit_count_register: must be entry_count_register + 1"
            raise ValueError(msg)
        return self
