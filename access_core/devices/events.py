"""What devices report. Past tense, frozen data; drivers make them, the gate machine reads them.

Every event says where it comes from (`device`, and `epoch`, the count of connections since the
driver started) and when it happened on this machine's clocks (`at`).
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from access_core.clock import Instant
from access_core.ids import DeviceId


class Direction(StrEnum):
    """Which way through the lane."""

    ENTRY = "entry"
    EXIT = "exit"


class Medium(StrEnum):
    """How a credential was presented."""

    QR = "qr"
    CARD = "card"
    KEYPAD = "keypad"


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where and when a device event arose."""

    device: DeviceId
    epoch: int
    """Connection epoch: 1 for the first connection, one more after each reconnect."""
    sequence: int
    """Counts this device's events from 1 within the epoch."""
    at: Instant
    """When the last byte or the frame arrived."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialPresented:
    """Somebody held up a credential. Untrusted: nobody has checked it yet."""

    origin: Origin
    medium: Medium
    payload: bytes = field(repr=False)
    """As the device gave it, at most 512 bytes; never logged."""
    is_fresh: bool = True
    """False if the read may have waited in the device (first reads after a reconnect)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageStarted:
    """The rotor left its rest position, or the light barrier was broken."""

    origin: Origin
    direction: Direction


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageSensed:
    """One person has gone all the way through."""

    origin: Origin
    direction: Direction


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageReversed:
    """Somebody began to go through and stepped back; the rotor is at rest again."""

    origin: Origin
    direction: Direction


@dataclass(frozen=True, slots=True, kw_only=True)
class FireInputChanged:
    """The fire contact changed. Hardware has already freed the lane; this only reports it."""

    origin: Origin
    is_active: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetPressed:
    """A person turned the reset key at the lane."""

    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class ExitRequested:
    """A person inside pressed the exit button (request to exit)."""

    origin: Origin
    direction: Direction = Direction.EXIT


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorContactChanged:
    """The door leaf, flap or rotor left its closed position, or is back in it."""

    origin: Origin
    is_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TamperChanged:
    """A housing was opened, or a device was torn from its wall; or it is in order again."""

    origin: Origin
    is_active: bool
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultChanged:
    """The device answers, but says of itself that it cannot do its work; or that it can again."""

    origin: Origin
    is_active: bool
    detail: str


class LaneAlarm(StrEnum):
    """What the lane's own sensors can make of the people in it."""

    WRONG_DIRECTION = "wrong_direction"
    TAILGATING = "tailgating"
    """A second person close behind the first."""
    INTRUSION = "intrusion"
    """Jumped over, crawled under, or pushed through."""
    OTHER = "other"
    """One output for everything, or something this list does not have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorAlarm:
    """The door hardware reports an alarm by itself, in its own words."""

    origin: Origin
    is_active: bool
    detail: str
    kind: LaneAlarm = LaneAlarm.OTHER


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceUntrusted:
    """Somebody answers for the device without its key, in plain text, or with a forged answer.

    Sent once per attempt; nothing the device said was believed.
    """

    origin: Origin
    detail: str
    """In words: what was wrong and what it may mean."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceLost:
    """The device no longer answers. Sent once per loss."""

    origin: Origin
    reason: str
    """In words, for the technician: what was tried and what to check."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceReady:
    """The device answers (again). Sent once per connection."""

    origin: Origin


DeviceEvent: TypeAlias = (
    CredentialPresented
    | PassageStarted
    | PassageSensed
    | PassageReversed
    | FireInputChanged
    | ResetPressed
    | ExitRequested
    | DoorContactChanged
    | TamperChanged
    | FaultChanged
    | DoorAlarm
    | DeviceUntrusted
    | DeviceLost
    | DeviceReady
)
