"""What a panel tells of its peripherals, and what it is asked to tell them. Frozen data."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from access_core.clock import Instant
from device_drivers.osdp_bus.messages import Abilities, CardBits, Code, Identity


@dataclass(frozen=True, slots=True)
class CameOnline:
    """A peripheral has proven its key and said what it can do."""

    at: Instant
    identity: Identity
    abilities: Abilities


@dataclass(frozen=True, slots=True)
class WentOffline:
    """It has not answered for eight seconds, or its line has gone."""

    at: Instant
    reason: str


@dataclass(frozen=True, slots=True)
class WasHeard:
    """It gave a good answer."""

    at: Instant


@dataclass(frozen=True, slots=True)
class WasUntrusted:
    """Somebody answered for it without its key; once for each attempt to connect."""

    at: Instant
    detail: str


@dataclass(frozen=True, slots=True)
class CardSeen:
    """A card was held up; stale if that may have been before the last (re)connect."""

    at: Instant
    card: CardBits
    is_fresh: bool


@dataclass(frozen=True, slots=True)
class KeysPressed:
    """Keys were pressed; stale as for cards."""

    at: Instant
    keys: bytes
    is_fresh: bool


@dataclass(frozen=True, slots=True)
class StatusTold:
    """Its own housing and power: true is trouble."""

    at: Instant
    is_tampered: bool
    is_power_failing: bool


@dataclass(frozen=True, slots=True)
class ReaderStatusTold:
    """The reader attached to it: in order, or not connected, or opened."""

    at: Instant
    is_tampered: bool


@dataclass(frozen=True, slots=True)
class InputsTold:
    """Every input: true is active."""

    at: Instant
    active: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class OutputsTold:
    """Every output: true is on."""

    at: Instant
    on: tuple[bool, ...]


class OrderOutcome(StrEnum):
    """What became of an order."""

    TAKEN = "taken"
    """The peripheral acknowledged it."""
    REFUSED = "refused"
    """It answered that it will not, or it is not there; nothing was done."""
    EXPIRED = "expired"
    """Its time passed before it was sent."""
    UNKNOWN = "unknown"
    """Sent, and no answer that can be believed: it may have been done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One command for one peripheral."""

    number: int
    """Names the order in its answer."""
    code: Code
    data: bytes
    not_after: Instant
    """Not to be sent after this moment."""
    may_repeat: bool = False
    """Doing it twice does no harm: it is sent again when a session was lost."""
    topic: str = ""
    """A newer order of the same topic takes the place of one that waits."""


@dataclass(frozen=True, slots=True)
class OrderAnswered:
    """An order is done with."""

    at: Instant
    number: int
    outcome: OrderOutcome
    detail: str


class InstallStep(StrEnum):
    """How far giving a peripheral its key has come."""

    DONE = "done"
    """It has the new key and has proven it."""
    HAS_KEY = "has_key"
    """It had the key already; nothing was changed."""
    CLOSED = "closed"
    """Time is up, and it was not done."""


@dataclass(frozen=True, slots=True)
class InstallChanged:
    """The installing of a peripheral has come to an end."""

    at: Instant
    step: InstallStep
    detail: str


Report: TypeAlias = (
    CameOnline
    | WentOffline
    | WasHeard
    | WasUntrusted
    | CardSeen
    | KeysPressed
    | StatusTold
    | ReaderStatusTold
    | InputsTold
    | OutputsTold
    | OrderAnswered
    | InstallChanged
)
