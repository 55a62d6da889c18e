"""What is written in settings of every device on an OSDP line."""

from pathlib import Path
from typing import Literal, Self, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from device_drivers.lane.points import Point
from device_drivers.transports.line_settings import LineSettings
from device_drivers.transports.serial_settings import SerialLineSettings

BAUD_BEHIND_HOST = 9600
"""Assumed for a line behind a serial server, whose speed only the server knows."""

InputName: TypeAlias = Literal[
    "unused",
    "exit_button",
    "door_contact",
    "tamper",
    "fire",
    "reset_key",
    "fault",
    "alarm",
    "passage_entry",
    "passage_exit",
    "occupied_entry",
    "occupied_exit",
]
"""What an input may be wired to."""


class OsdpDeviceSettings(BaseModel):
    """A device on an OSDP line."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    line: LineSettings
    """The port of the RS-485 line. Devices on one line write the same."""
    address: int = Field(ge=0, le=126)
    """Its address on the line. From the factory most have 0."""
    key_file: Path
    """File with the key of its Secure Channel, an absolute path; `edge-agent osdp-install` makes
    it. Only the owner may read it (mode 600)."""
    inputs: tuple[InputName, ...] = ()
    """What its inputs are wired to, in the order of its terminals."""
    normally_closed: tuple[InputName, ...] = ()
    """Those of `inputs` that are active while their contact is open."""

    @field_validator("key_file")
    @classmethod
    def _is_absolute(cls, path: Path) -> Path:
        if not path.is_absolute():
            raise ValueError("is not an absolute path; write it from / on")
        return path

    @model_validator(mode="after")
    def _inputs_agree(self) -> Self:
        wired = [name for name in self.inputs if name != "unused"]
        twice = sorted({name for name in wired if wired.count(name) > 1})
        if twice:
            raise ValueError(f"inputs: {twice[0]!r} stands twice; each input is one thing")
        foreign = sorted(set(self.normally_closed) - set(wired))
        if foreign:
            raise ValueError(f"normally_closed: {foreign[0]!r} is not among the inputs")
        return self

    @property
    def baud(self) -> int:
        """Bits per second on the wire."""
        return self.line.baud if isinstance(self.line, SerialLineSettings) else BAUD_BEHIND_HOST

    @property
    def place(self) -> str:
        """The same for all devices on one line, and for no others."""
        if isinstance(self.line, SerialLineSettings):
            return self.line.port
        return self.line.in_words()

    def points(self) -> tuple[Point | None, ...]:
        """What each input means, in the order of the terminals; None for an unused one."""
        return tuple(None if name == "unused" else Point(name) for name in self.inputs)

    def closed_points(self) -> frozenset[Point]:
        """The meanings of `normally_closed`."""
        return frozenset(Point(name) for name in self.normally_closed if name != "unused")

    def outputs_wanted(self) -> int:
        """How many outputs it must have at least."""
        return 0

    def lacking(self, inputs: int, outputs: int) -> str:
        """What a peripheral with so many inputs and outputs lacks, in words; empty if nothing."""
        if len(self.inputs) > inputs:
            return f"it has {inputs} inputs, {len(self.inputs)} are set; check `inputs`"
        if self.outputs_wanted() > outputs:
            return f"it has {outputs} outputs, counted from 0; check which ones are set"
        return ""

    def in_words(self) -> str:
        """Where it is, as a technician says it."""
        return f"address {self.address} on {self.line.in_words()}"
