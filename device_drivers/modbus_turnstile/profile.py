"""Which coil, input and counter of a relay board means what: the declarative register profile."""

from typing import Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from access_core.devices.events import LaneAlarm
from device_drivers.lane.faults import FaultLimits
from device_drivers.lane.points import Point
from device_drivers.lane.watch import WatchRules

Part = Literal[
    "release_exit_coil",
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

LONGEST_SPAN: Final = 128
"""Inputs read at once, the unused between them included: 23 ms at 9600 baud."""

RISK: Final = "the lane stays released if this program stops"


class InputPoint(BaseModel):
    """One discrete input of the board."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    address: int = Field(ge=0, le=65_535)
    """Address on the wire, counted from 0."""
    active_low: bool = False
    """True for a normally closed contact: the signal's absence means active."""


class RegisterProfile(BaseModel):
    """Which coil, input and counter of the board means what. Defaults: the generic lane board.

    What the board lacks is named in `absent`; inputs without a default are read only if written.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Literal["generic", "relay_board_8", "tripod", "flap", "full_height"] = "generic"
    """The shipped profile whose values stand for every key that is not written. Default generic."""
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
    """`pulse`: a short signal, and the turnstile ends the release by itself. `hold`: released for
    as long as the signal lasts, until the passage or for `hold_ms`."""
    pulse_ms: int = Field(default=200, ge=100, le=5_000)
    """Length of the signal in `pulse` mode where the board times it, ms. Default 200."""
    hold_ms: int = Field(default=5_000, ge=500, le=30_000)
    """Only for `hold`: longest release, ms. Default 5000."""
    pulse_timer: Literal["turnstile", "coil_value", "registers", "none"] = "turnstile"
    """Who ends the signal if this program dies. `turnstile`: its logic resets the coil (only with
    `pulse`). `coil_value`: the relay board, told by a coil written with the time as its value.
    `registers`: the relay board, told by two registers, mode and time. `none`: nobody."""
    timer_address: int = Field(default=512, ge=0, le=65_535)
    """`coil_value`: added to the coil's address. `registers`: the first of coil 0. Default 512."""
    timer_stride: int = Field(default=5, ge=2, le=64)
    """`registers`: from one coil's registers to the next one's. Default 5."""
    timer_mode: int = Field(default=4, ge=0, le=65_535)
    """`registers`: the value that means "on for a time". Default 4."""
    timer_unit_ms: int = Field(default=100, ge=1, le=1_000)
    """What 1 means in the board's timer, ms. Default 100."""
    without_timer: Literal["", "the lane stays released if this program stops"] = ""
    """A lane whose signal nobody but this program ends is refused, unless this sentence is written
    here: the risk is known and taken."""

    passage_signal: Literal["pulse", "level", "none"] = "pulse"
    """How the passage inputs tell a passage. `pulse`: active for a moment after it. `level`: active
    during it. `none`: there are none; the opening of a released door counts. Default pulse."""
    passage_entry: InputPoint = InputPoint(address=0)
    """One person has entered, or is entering."""
    passage_exit: InputPoint = InputPoint(address=1)
    """One person has left, or is leaving."""
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
    alarm_means: LaneAlarm = LaneAlarm.OTHER
    """What that output stands for, where it stands for one thing."""
    fire: InputPoint = InputPoint(address=6, active_low=True)
    """Fire contact, normally closed: the loss of the signal is fire."""
    reset_key: InputPoint = InputPoint(address=7)
    """Key switch at the lane."""
    exit_button: InputPoint | None = None
    """Request to exit."""
    door_contact: InputPoint | None = None
    """Active while the leaf, flap or rotor is not closed."""
    tamper: InputPoint | None = None
    """Housing contact; best normally closed, so that a cut wire is tampering too."""
    ready: InputPoint | None = None
    """Active while the lane can take the next release."""
    alarm_wrong_direction: InputPoint | None = None
    """Somebody goes against the released direction."""
    alarm_tailgating: InputPoint | None = None
    """A second person close behind the first."""
    alarm_intrusion: InputPoint | None = None
    """Jumped over, crawled under, pushed through."""
    fault: InputPoint | None = None
    """The turnstile says of itself that it is out of order."""

    entry_count_register: int = Field(default=0, ge=0, le=65_535)
    """Input register counting entries modulo 65536. With counters, passages are counted by them
    and none is missed or doubled over a line loss."""
    exit_count_register: int = Field(default=1, ge=0, le=65_535)
    """The same for exits; directly after the entry register."""

    stuck_after_ms: int = Field(default=30_000, ge=1_000, le=600_000)
    """A sensor or button active for longer is stuck, ms. Default 30000."""
    bounces: int = Field(default=12, ge=4, le=100_000)
    """So many changes of a sensor within 2 s are a bad contact, not people. Default 12."""
    released_longest_ms: int = Field(default=20_000, ge=2_000, le=600_000)
    """Released for longer without being freed, a relay sticks, ms. Default 20000."""

    @model_validator(mode="after")
    def _can_tell_a_passage(self) -> Self:
        """Refuse a board whose passages nobody could see: a grant would never be a passage."""
        has_counts = "count_registers" not in self.absent
        if has_counts and self.exit_count_register != self.entry_count_register + 1:
            raise ValueError("exit_count_register: must be entry_count_register + 1")
        has_inputs = not self.absent >= {"passage_entry", "passage_exit"}
        if self.passage_signal == "none":
            has_inputs = self.door_contact is not None
        if not has_counts and not has_inputs:
            raise ValueError(
                "absent: a lane needs count_registers or a passage input "
                '(with passage_signal = "none": a door_contact)'
            )
        return self

    @model_validator(mode="after")
    def _ends_by_itself(self) -> Self:
        """Refuse a lane that a dead program would leave open, unless somebody takes that risk."""
        if self.has_own_timer or self.without_timer:
            return self
        raise ValueError(
            f'pulse_timer: with "{self.pulse_timer}" and release_mode "{self.release_mode}" '
            "nothing but this program ends a release. Use a board with a timer of its own, or take "
            f'the risk in words: without_timer = "{RISK}"'
        )

    @model_validator(mode="after")
    def _is_read_at_once(self) -> Self:
        """Refuse inputs so far apart that reading them would take longer than a passage pulse."""
        addresses = [wired.address for wired in self.points.values()]
        if addresses and max(addresses) - min(addresses) >= LONGEST_SPAN:
            raise ValueError(f"the inputs must lie within {LONGEST_SPAN} addresses of each other")
        return self

    @property
    def has_own_timer(self) -> bool:
        """Whether the hardware ends a release, whatever becomes of this program."""
        if self.release_mode == "hold":
            return self.pulse_timer in {"coil_value", "registers"}
        return self.pulse_timer != "none"

    @property
    def signal_ms(self) -> int:
        """How long the signal of one release lasts."""
        return self.hold_ms if self.release_mode == "hold" else self.pulse_ms

    @property
    def points(self) -> dict[Point, InputPoint]:
        """The inputs that this board has, in the order of their addresses."""
        wired: dict[Point, InputPoint] = {
            point: getattr(self, point.value)
            for point in Point
            if point.value not in self.absent and getattr(self, point.value) is not None
        }
        if self.passage_signal == "none":
            wired.pop(Point.PASSAGE_ENTRY, None)
            wired.pop(Point.PASSAGE_EXIT, None)
        return dict(sorted(wired.items(), key=lambda item: item[1].address))

    @property
    def watch_rules(self) -> WatchRules:
        """How this board shows a passage."""
        return WatchRules(
            has_counters="count_registers" not in self.absent,
            passage_signal=self.passage_signal,
            passage_latched=self.passage_latched,
        )

    @property
    def fault_limits(self) -> FaultLimits:
        """From when on something of it cannot be right."""
        longest = max(self.released_longest_ms, self.signal_ms + 2_000)
        return FaultLimits(self.stuck_after_ms, self.bounces, longest)
