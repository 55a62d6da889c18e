"""The lane as the gate sees it: the door table applied, and the one open grant.

`door_table` says how the mode changes; this module says which happening an event is, and ends
the open grant with the first event that is its outcome.

In an emergency the door is told before anything is recorded: the way out waits for no disk.
"""

from dataclasses import dataclass, field, replace

from access_core.clock import Instant
from access_core.devices.commands import (
    FreeDoor,
    ReleaseDoor,
    ReleaseOutcome,
    ReleaseResult,
    SecureDoor,
    ShowFeedback,
)
from access_core.devices.events import Direction, PassageReversed, PassageSensed, PassageStarted
from access_core.ids import CommandId, DeviceId
from access_core.model.access_event import AccessEventKind as Kind
from access_core.policy.reasons import ReasonCode
from edge_agent.gate import feedback
from edge_agent.gate.commands import (
    DoorCommand,
    GateCommand,
    RecordEvent,
    ShowAtReader,
    WithdrawRecord,
)
from edge_agent.gate.door_table import (
    OUTCOMES,
    DoorAction,
    DoorMode,
    Happening,
    Transition,
    transition,
)
from edge_agent.gate.stamp import Stamp, Subject

_NOT_OPENED = frozenset({ReleaseOutcome.REFUSED, ReleaseOutcome.EXPIRED})
_ISSUER = "gate"


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneTimings:
    """How long the lane waits for what, and what it does when the disk does not answer."""

    wait_for_passage_ms: int = 8_000
    in_passage_ms: int = 15_000
    release_within_ms: int = 1_000
    opens_unrecorded_entry: bool = False
    """What to do with an entry whose grant is not on disk in time: open and record late, or
    refuse. A way out is always opened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A grant whose outcome is not known yet."""

    decision_id: CommandId
    """Also names the release."""
    subject: Subject
    direction: Direction
    reader: DeviceId
    payload: bytes = field(repr=False)
    deadline: Instant
    """When its outcome is settled without a passage."""


class Lane:
    """What is believed of the door, and the grant whose outcome is awaited."""

    def __init__(self, timings: LaneTimings, stamp: Stamp, *, is_free: bool) -> None:
        """`is_free`: a fire before the last stop was not reset."""
        self._timings = timings
        self._stamp = stamp
        self._is_fire_active = False
        self.mode = DoorMode.FREE if is_free else DoorMode.UNKNOWN
        """What the lane is believed to be; changed by the door table only."""
        self.grant: Grant | None = None
        """Whose outcome is not known yet."""

    @property
    def is_busy(self) -> bool:
        """Whether somebody is being let through."""
        return self.grant is not None

    def begin(
        self, subject: Subject, reader: DeviceId, payload: bytes, now: Instant
    ) -> list[GateCommand]:
        """Open a grant: what is to be done once it is recorded. The door must answer."""
        grant = Grant(
            decision_id=subject.decision_id or self._stamp.next_id(),
            subject=subject,
            direction=subject.direction or Direction.ENTRY,
            reader=reader,
            payload=payload,
            deadline=now.plus_ms(self._timings.wait_for_passage_ms),
        )
        self.mode = transition(self.mode, Happening.GRANTED).mode
        self.grant = grant
        return self._open(grant, now)

    def record_failed(self, decision_id: CommandId, now: Instant) -> list[GateCommand]:
        """The grant is not on disk in time: open all the same, or take it back."""
        grant = self.grant
        if grant is None or grant.decision_id != decision_id:
            return []
        is_opened = self._timings.opens_unrecorded_entry or grant.direction is Direction.EXIT
        if is_opened and self.mode is DoorMode.RELEASING:
            deadline = now.plus_ms(self._timings.wait_for_passage_ms)
            self.grant = replace(grant, deadline=deadline)
            return self._open(grant, now)
        reason = ReasonCode.RECORD_NOT_DURABLE
        return [
            WithdrawRecord(decision_id=decision_id),
            *self._happened(Happening.RECORD_FAILED, now, reasons=(reason,)),
            show(grant.reader, feedback.refusal(grant.direction, reason)),
        ]

    def release_answered(self, result: ReleaseResult, now: Instant) -> list[GateCommand]:
        """The door's answer; one to a grant that has ended says nothing new."""
        grant = self.grant
        if grant is None or result.command_id != grant.decision_id:
            return []
        if result.outcome not in _NOT_OPENED:
            return self._happened(Happening.RELEASE_ANSWERED, now)
        detail = f"{result.outcome}: {result.detail}"
        return [
            *self._happened(Happening.RELEASE_FAILED, now, detail=detail),
            show(grant.reader, feedback.fault(grant.direction)),
        ]

    def deadline_reached(self, now: Instant) -> list[GateCommand]:
        """Nobody has gone through in time, or nobody knows."""
        grant = self.grant
        if grant is None or now.mono_ns < grant.deadline.mono_ns:
            return []
        return self._happened(Happening.TIME_OVER, now)

    def passage(
        self, event: PassageStarted | PassageSensed | PassageReversed, now: Instant
    ) -> list[GateCommand]:
        """The sensor of the lane."""
        grant = self.grant
        is_covered = grant is not None and grant.direction is event.direction
        if isinstance(event, PassageSensed):
            happening = Happening.PASSAGE_GRANTED if is_covered else Happening.PASSAGE_UNGRANTED
            return self._happened(happening, now, direction=event.direction)
        if grant is None or not is_covered:
            return []
        if isinstance(event, PassageReversed):
            return self._happened(Happening.PASSAGE_REVERSED, now)
        self.grant = replace(grant, deadline=now.plus_ms(self._timings.in_passage_ms))
        return self._happened(Happening.PASSAGE_STARTED, now)

    def fire_changed(self, *, is_active: bool, now: Instant) -> list[GateCommand]:
        """The fire contact; hardware has freed the lane already."""
        if is_active == self._is_fire_active:
            return []
        self._is_fire_active = is_active
        if not is_active:
            return [self._stamp.record(Kind.FIRE_CLEARED, now)]
        commands = self._happened(Happening.FIRE, now)
        freeing = [c for c in commands if not isinstance(c, RecordEvent)]
        recording = [c for c in commands if isinstance(c, RecordEvent)]
        return [*freeing, show(None, feedback.emergency(Direction.EXIT)), *recording]

    def reset_pressed(self, now: Instant) -> list[GateCommand]:
        """The reset key; it does nothing while the fire contact is active, and says so."""
        if self.mode is not DoorMode.FREE:
            return []
        if self._is_fire_active:
            return [show(None, feedback.reset_too_early(Direction.EXIT))]
        shown = show(None, feedback.ready(Direction.ENTRY))
        return [*self._happened(Happening.FIRE_RESET, now), shown]

    def door_changed(self, *, is_there: bool, now: Instant) -> list[GateCommand]:
        """The door answers again, or does not any more. Nothing opens by itself."""
        if not is_there:
            return self._happened(Happening.DOOR_LOST, now)
        happening = Happening.DOOR_READY_AWAITED if self.is_busy else Happening.DOOR_READY
        return self._happened(happening, now)

    def _open(self, grant: Grant, now: Instant) -> list[GateCommand]:
        release = ReleaseDoor(
            command_id=grant.decision_id,
            direction=grant.direction,
            deadline=now.plus_ms(self._timings.release_within_ms),
            reason=Kind.ACCESS_GRANTED,
            issued_by=_ISSUER,
        )
        return [release, show(grant.reader, feedback.go(grant.direction))]

    def _happened(
        self,
        happening: Happening,
        now: Instant,
        *,
        reasons: tuple[str, ...] = (),
        direction: Direction | None = None,
        detail: str = "",
    ) -> list[GateCommand]:
        """Apply the door table: the new mode, what is recorded, what the door is told."""
        cell = transition(self.mode, happening)
        self.mode = cell.mode
        commands: list[GateCommand] = []
        if cell.records is not None:
            subject = self._close(cell) or Subject(direction=direction)
            commands.append(self._stamp.record(cell.records, now, subject, reasons, detail=detail))
        if cell.action is not None:
            commands.append(self._door_command(cell.action, happening))
        return commands

    def _close(self, cell: Transition) -> Subject | None:
        """End the open grant if what is recorded is its outcome; whom it was for."""
        grant = self.grant
        if grant is None or cell.records not in OUTCOMES:
            return None
        self.grant = None
        return grant.subject

    def _door_command(self, action: DoorAction, happening: Happening) -> DoorCommand:
        command_id = self._stamp.next_id()
        if action is DoorAction.SECURE:
            return SecureDoor(command_id=command_id, reason=happening, issued_by=_ISSUER)
        return FreeDoor(command_id=command_id, reason=happening, issued_by=_ISSUER)


def show(reader: DeviceId | None, shown: ShowFeedback) -> ShowAtReader:
    """The command to tell the person at `reader`, or at all readers."""
    return ShowAtReader(reader=reader, feedback=shown)
