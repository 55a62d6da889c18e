"""What a gate asks for beside commands to its door. Imperative, frozen data.

The shell performs a list of commands in its order. If an awaited record does not become durable
in time, the rest of that list is not performed and the machine hears `RecordFailed`.
"""

from dataclasses import dataclass
from typing import TypeAlias

from access_core.devices.commands import (
    FreeDoor,
    PulseOutput,
    ReleaseDoor,
    SecureDoor,
    ShowFeedback,
)
from access_core.devices.events import Direction
from access_core.ids import CommandId, DeviceId, PassId
from access_core.model.access_event import AccessEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class LookUpPass:
    """Ask the disk what it knows of a pass; answered by `PassLookedUp` or `LookUpFailed`."""

    pass_id: PassId
    direction: Direction


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordEvent:
    """Write an event into the journal, after all that were asked for before it."""

    event: AccessEvent
    is_awaited: bool = False
    """Whether what follows may be done only once this is on disk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawRecord:
    """Do not write the grant of this decision any more, unless that has already happened."""

    decision_id: CommandId


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowAtReader:
    """Tell the person at one reader, or at all of them."""

    reader: DeviceId | None
    """None: all readers of the gate."""
    feedback: ShowFeedback


@dataclass(frozen=True, slots=True, kw_only=True)
class TryOutput:
    """Switch an output for a moment: the wiring test that was asked for, and is recorded."""

    device: DeviceId
    command: PulseOutput


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseTest:
    """Tell the technician that the wiring test is not done, and why."""

    command_id: CommandId
    why: str


DoorCommand: TypeAlias = ReleaseDoor | SecureDoor | FreeDoor
GateCommand: TypeAlias = (
    LookUpPass | RecordEvent | WithdrawRecord | ShowAtReader | TryOutput | RefuseTest | DoorCommand
)
