"""What a gate hears beside its devices. Past tense, frozen data."""

from dataclasses import dataclass
from typing import TypeAlias

from access_core.devices.commands import PulseOutput, ReleaseResult
from access_core.devices.events import DeviceEvent
from access_core.ids import CommandId, DeviceId, PassId
from access_core.model.credential import Credential
from edge_agent.gate.facts import SiteFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class PassLookedUp:
    """What the edge's disk knows of a pass; the answer to `LookUpPass`."""

    pass_id: PassId
    credential: Credential | None
    """None if the edge has not been told of this pass."""
    entries_taken: int = 0
    """Entries used up at this gate."""
    highest_step: int | None = None
    """Highest step accepted in the direction asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LookUpFailed:
    """The disk did not answer a `LookUpPass`."""

    pass_id: PassId
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseAnswered:
    """The door's answer to `ReleaseDoor`."""

    result: ReleaseResult


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputTestAsked:
    """A technician wants to see one output switch; answered by `TryOutput` or `RefuseTest`."""

    device: DeviceId
    command: PulseOutput


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordFailed:
    """What was awaited was not on disk within its deadline; what stood behind it was not done."""

    decision_id: CommandId
    """Of the grant, or of the wiring test."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineReached:
    """The moment asked for by `next_deadline()` has come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotReplaced:
    """New rules are stored and hold from here on."""

    facts: SiteFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotRefused:
    """Rules came that must not be used; the old ones stay."""

    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkChanged:
    """The centre can be reached, or not any more. Never moves a door."""

    is_up: bool


GateEvent: TypeAlias = (
    DeviceEvent
    | PassLookedUp
    | LookUpFailed
    | ReleaseAnswered
    | OutputTestAsked
    | RecordFailed
    | DeadlineReached
    | SnapshotReplaced
    | SnapshotRefused
    | LinkChanged
)
