"""What devices are told. Imperative, frozen data, refused on construction if senseless."""

from dataclasses import dataclass
from enum import StrEnum

from access_core.clock import Instant
from access_core.devices.events import Direction
from access_core.errors import ProgramError
from access_core.ids import CommandId

MAX_DISPLAY_TEXT = 64
"""Longest text of a feedback line, characters; what a two-line reader display holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseDoor:
    """Let one person through in one direction."""

    command_id: CommandId
    direction: Direction
    deadline: Instant
    """Not to be sent after this moment: a late open is a wrong open."""
    reason: str
    """Why, as a reason code or an operator's words."""
    issued_by: str
    """Who: `gate` for a decision of its own, else the operator."""

    def __post_init__(self) -> None:
        """Refuse a command nobody could trace."""
        _refuse_untraceable("a release", self.command_id, self.reason, self.issued_by)


@dataclass(frozen=True, slots=True, kw_only=True)
class SecureDoor:
    """End a release before its time, or lock again after a fire reset."""

    command_id: CommandId
    reason: str
    issued_by: str
    deadline: Instant | None = None
    """None: to lock is right whenever it is done."""

    def __post_init__(self) -> None:
        """Refuse a command nobody could trace."""
        _refuse_untraceable("securing", self.command_id, self.reason, self.issued_by)


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeDoor:
    """Free both directions until secured: fire or evacuation."""

    command_id: CommandId
    reason: str
    issued_by: str
    deadline: Instant | None = None
    """None: a fire does not expire."""

    def __post_init__(self) -> None:
        """Refuse a command nobody could trace."""
        _refuse_untraceable("freeing", self.command_id, self.reason, self.issued_by)


@dataclass(frozen=True, slots=True, kw_only=True)
class PulseOutput:
    """Switch one named output for a moment: the technician's wiring test."""

    command_id: CommandId
    output: str
    deadline: Instant
    reason: str
    issued_by: str

    def __post_init__(self) -> None:
        """Refuse a command nobody could trace."""
        _refuse_untraceable("a wiring test", self.command_id, self.reason, self.issued_by)


def _refuse_untraceable(what: str, command_id: CommandId, reason: str, issued_by: str) -> None:
    if not (command_id and reason and issued_by):
        raise ProgramError(f"{what} needs an id, a reason and an issuer")


class Signal(StrEnum):
    """The five things a lane can tell a person."""

    READY = "ready"
    GO = "go"
    STOP = "stop"
    WAIT = "wait"
    EMERGENCY = "emergency"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowFeedback:
    """Tell the person at the lane: light, sound and text, whatever the reader has."""

    signal: Signal
    direction: Direction
    text_zh: str
    text_en: str
    show_ms: int = 3000
    """0: until something else is shown."""

    def __post_init__(self) -> None:
        """Refuse a text no display could hold."""
        for text in (self.text_zh, self.text_en):
            if len(text) > MAX_DISPLAY_TEXT:
                msg = f"feedback text is longer than {MAX_DISPLAY_TEXT} characters: {text!r}"
                raise ProgramError(msg)


class ReleaseOutcome(StrEnum):
    """What became of a release."""

    CONFIRMED = "confirmed"
    """The device says that the lane is released."""
    ACCEPTED = "accepted"
    """The device took the command; it cannot say more."""
    REFUSED = "refused"
    """The device answered that it will not (alarm, fire, busy)."""
    EXPIRED = "expired"
    """The deadline passed before the command was sent; nothing was sent."""
    UNKNOWN = "unknown"
    """The line died between command and answer: the lane may be open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseResult:
    """A door driver's answer to `ReleaseDoor`."""

    command_id: CommandId
    outcome: ReleaseOutcome
    detail: str = ""
