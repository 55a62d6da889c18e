"""What happened at a gate: the line of the journal, of the wire and of the access log."""

from enum import StrEnum

import msgspec

from access_core.devices.events import Direction
from access_core.ids import AccessPointId, CommandId, GateId, HolderId, PassId
from access_core.quantities import Count, WallMs


class AccessEventKind(StrEnum):
    """Every kind of event an edge records."""

    ACCESS_GRANTED = "access_granted"
    ACCESS_DENIED = "access_denied"
    ACCESS_TAKEN = "access_taken"
    """The person went through after the grant."""
    ACCESS_NOT_TAKEN = "access_not_taken"
    """Nobody went through in time: the entry is given back."""
    ACCESS_REVERSED = "access_reversed"
    """The person began and stepped back: the entry is given back."""
    ACCESS_OUTCOME_UNKNOWN = "access_outcome_unknown"
    """The edge died between grant and passage; the entry counts as used."""
    RELEASE_FAILED = "release_failed"
    """Granted, but the door did not take the command."""
    DOOR_FORCED = "door_forced"
    """A passage without a grant while the door was locked."""
    FREE_PASSAGE = "free_passage"
    """A passage while the lane was free."""
    FIRE_ACTIVATED = "fire_activated"
    FIRE_CLEARED = "fire_cleared"
    """The fire contact is back; the lane stays free until reset."""
    FIRE_RESET = "fire_reset"
    """A person turned the reset key: the lane is locked again."""
    DOOR_ALARM = "door_alarm"
    """The lane reports an alarm that none of the others names."""
    DOOR_HELD_OPEN = "door_held_open"
    DOOR_CLOSED_AGAIN = "door_closed_again"
    WRONG_DIRECTION = "wrong_direction"
    TAILGATING = "tailgating"
    """A second person went through on one grant."""
    EXIT_REQUESTED = "exit_requested"
    """Released by the exit button; the passage is joined by the decision."""
    TAMPER_ACTIVATED = "tamper_activated"
    TAMPER_CLEARED = "tamper_cleared"
    OUT_OF_ORDER = "out_of_order"
    """The lane cannot be trusted to lock or to tell passages."""
    BACK_IN_ORDER = "back_in_order"
    DEVICE_UNTRUSTED = "device_untrusted"
    """A device without the right key, or in plain text, was kept out."""
    OUTPUT_TESTED = "output_tested"
    """A technician switched an output at the console."""
    DEVICE_LOST = "device_lost"
    DEVICE_READY = "device_ready"
    EDGE_STARTED = "edge_started"
    EDGE_STOPPED = "edge_stopped"
    SNAPSHOT_REFUSED = "snapshot_refused"
    """A change set failed its checks; the old rules stay."""


class ClockState(StrEnum):
    """How far the wall time of an event can be trusted."""

    SYNCHRONISED = "synchronised"
    HELD = "held"
    SUSPECT = "suspect"


class AccessEvent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One event. Its place in the edge's journal (epoch, sequence) stands outside of it.

    `wall_ms` is what the edge believed, milliseconds since 1970 UTC; `mono_ns` and `boot` let
    the centre repair it. No name, phone or document number ever stands here.
    """

    kind: AccessEventKind
    wall_ms: WallMs
    mono_ns: Count
    boot: str
    clock: ClockState = ClockState.SYNCHRONISED
    gate_id: GateId | None = None
    access_point_id: AccessPointId | None = None
    direction: Direction | None = None
    decision_id: CommandId | None = None
    """Joins grant, release and passage."""
    pass_id: PassId | None = None
    holder_id: HolderId | None = None
    step: Count | None = None
    """The step of a rotating pass."""
    reasons: tuple[str, ...] = ()
    """Reason codes, the deciding one first."""
    notes: tuple[str, ...] = ()
    """Reasons that would have refused an entry but do not bar a way out."""
    is_offline: bool = False
    """Decided while the centre could not be reached."""
    revision: Count = 0
    """Of the snapshot that decided."""
    detail: str = ""
    """In words, for the engineer; at most 200 characters."""
