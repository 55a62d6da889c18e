"""Settings of a door on this machine's pins."""

from typing import Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from device_drivers.lane.faults import FaultLimits
from device_drivers.lane.points import Point
from device_drivers.lane.watch import WatchRules

RISK: Final = "the door stays released if this program is killed"


class GpioLine(BaseModel):
    """One line of the chip."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    line: int = Field(ge=0, le=511)
    """Number of the line on the chip, as `gpioinfo` shows it."""
    active_low: bool = False
    """Active while the level is low: a closed contact to ground, or an inverting relay module."""
    bias: Literal["as_is", "disabled", "pull_up", "pull_down"] = "as_is"
    """Resistor of the chip on an input. Default as_is."""


class GpioDoorSettings(BaseModel):
    """A door on this machine's pins, by libgpiod; needs the extra `gpio`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["gpio_door"] = "gpio_door"
    chip: str = Field(default="/dev/gpiochip0", min_length=1)
    """The chip's device file."""
    release_ends_by: Literal[
        "timed_relay", "heartbeat", "the door stays released if this program is killed"
    ]
    """What ends a release if this program is killed: the kernel leaves a pin as it was.
    `timed_relay`: the relay module drops by itself after a rising edge. `heartbeat`: a watchdog
    relay drops unless the line `heartbeat` keeps toggling. Or the sentence: the risk is taken."""
    release: GpioLine
    """Releases the door; the entry, where the exit has a line of its own."""
    release_exit: GpioLine | None = None
    """Releases the way out, where it is not the same."""
    free: GpioLine | None = None
    """Frees the door while active. Without it `release` is kept active, which a timed relay cannot
    follow: such a door is not freed by an order."""
    heartbeat: GpioLine | None = None
    """Toggles with every reading of the inputs; feeds a watchdog relay."""
    pulse_ms: int = Field(default=1_000, ge=100, le=30_000)
    """Length of a release, ms; for a timed relay the length of its trigger. Default 1000."""
    poll_ms: int = Field(default=20, ge=5, le=50)
    """Time between two readings of the inputs, ms. Two that agree are a change. Default 20."""
    stuck_after_ms: int = Field(default=30_000, ge=1_000, le=600_000)
    """A sensor or button active for longer is stuck, ms. Default 30000."""

    door_contact: GpioLine | None = None
    """Active while the leaf is open."""
    passage_entry: GpioLine | None = None
    """Active for a moment when one person has entered."""
    passage_exit: GpioLine | None = None
    """The same outwards."""
    exit_button: GpioLine | None = None
    """Request to exit."""
    fire: GpioLine | None = None
    """Fire contact; normally closed, it also frees the door past this machine."""
    reset_key: GpioLine | None = None
    """Key switch at the door."""
    tamper: GpioLine | None = None
    """Housing contact."""
    fault: GpioLine | None = None
    """The door's own controller says that it is out of order."""

    @model_validator(mode="after")
    def _can_tell_a_passage(self) -> Self:
        if not self.points.keys() & {Point.DOOR_CONTACT, Point.PASSAGE_ENTRY, Point.PASSAGE_EXIT}:
            raise ValueError("door_contact: a door needs this or a passage input")
        return self

    @model_validator(mode="after")
    def _has_its_heartbeat(self) -> Self:
        if self.release_ends_by == "heartbeat" and self.heartbeat is None:
            raise ValueError("heartbeat: name the line that feeds the watchdog relay")
        return self

    @model_validator(mode="after")
    def _lines_differ(self) -> Self:
        numbers = [wired.line for wired in (*self.outputs.values(), *self.points.values())]
        twice = sorted({number for number in numbers if numbers.count(number) > 1})
        if twice:
            raise ValueError(f"line {twice[0]} stands for two things")
        return self

    @property
    def outputs(self) -> dict[str, GpioLine]:
        """The outputs that are wired, by name."""
        names = ("release", "release_exit", "free", "heartbeat")
        return {name: wired for name in names if (wired := getattr(self, name)) is not None}

    @property
    def points(self) -> dict[Point, GpioLine]:
        """The inputs that are wired, in the order of the lane's points."""
        return {
            point: wired
            for point in Point
            if (wired := getattr(self, point.value, None)) is not None
        }

    @property
    def can_be_freed(self) -> bool:
        """Whether a level keeps the door free; a timed relay sees only its beginning."""
        return self.free is not None or self.release_ends_by != "timed_relay"

    @property
    def watch_rules(self) -> WatchRules:
        """How this door shows a passage."""
        has_inputs = self.passage_entry is not None or self.passage_exit is not None
        return WatchRules(passage_signal="pulse" if has_inputs else "none")

    @property
    def fault_limits(self) -> FaultLimits:
        """From when on something of it cannot be right."""
        return FaultLimits(stuck_after_ms=self.stuck_after_ms)
