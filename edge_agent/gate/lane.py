"""The lane as the gate sees it: the door table applied, and the one open grant.

`door_table` says how the mode changes; this module says which happening an event is, and ends
the open grant with the first event that is its outcome. `passages` tells one passage from
another, `held_open` watches how long the lane stands open.

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
    transition,
)
from edge_agent.gate.held_open import HeldOpenWatch, Opening, Stage
from edge_agent.gate.passages import Passages
from edge_agent.gate.stamp import NOBODY, Stamp, Subject

_NOT_OPENED = frozenset({ReleaseOutcome.REFUSED, ReleaseOutcome.EXPIRED})
_ISSUER = "gate"
_IS_WATCHED = frozenset(DoorMode) - {DoorMode.FREE, DoorMode.UNKNOWN}
"""Modes in which standing open is a fault: not in a fire, and not when nobody knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneTimings:
    """How long the lane waits for what, and what it does when the disk does not answer."""

    wait_for_passage_ms: int = 8_000
    in_passage_ms: int = 15_000
    release_within_ms: int = 1_000
    opens_unrecorded_entry: bool = False
    """What to do with an entry whose grant is not on disk in time: open and record late, or
    refuse. A way out is always opened."""
    held_open_warn_ms: int = 10_000
    held_open_ms: int = 20_000
    following_ms: int = 3_000
    """How soon after a granted passage a second one belongs to it."""
    repeat_ms: int = 2_000
    """The same credential at the same reader within this time is the same presentation."""
    is_passage_by_contact: bool = False
    """Nothing senses passages: the door contact opening during a grant counts as one."""
    has_exit_button: bool = False
    """Whether the exit button releases."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A grant whose outcome is not known yet."""

    decision_id: CommandId
    """Also names the release."""
    subject: Subject
    direction: Direction
    reader: DeviceId | None
    """Where the person is told; None if there is no reader at that side."""
    payload: bytes = field(repr=False)
    deadline: Instant
    """When its outcome is settled without a passage."""
    cause: Kind = Kind.ACCESS_GRANTED
    doubt: str = ""
    """Why nobody knows whether the lane was open; empty if that is known."""


class Lane:
    """What is believed of the door, and the grant whose outcome is awaited."""

    def __init__(self, timings: LaneTimings, stamp: Stamp, *, is_free: bool) -> None:
        """`is_free`: a fire before the last stop was not reset."""
        self._timings = timings
        self._stamp = stamp
        self._is_fire_active = False
        self._is_faulty = False
        self._passages = Passages(timings.following_ms)
        self._watch = HeldOpenWatch(timings.held_open_warn_ms, timings.held_open_ms)
        self.mode = DoorMode.FREE if is_free else DoorMode.UNKNOWN
        """What the lane is believed to be; changed by the door table only."""
        self.grant: Grant | None = None
        """Whose outcome is not known yet."""

    @property
    def is_busy(self) -> bool:
        """Whether somebody is being let through."""
        return self.grant is not None

    @property
    def is_in_use(self) -> bool:
        """Whether anybody may be in the lane, let through or not."""
        return self.is_busy or self._watch.is_open

    @property
    def stage(self) -> Stage:
        """How far a lane that stands open has come."""
        return self._watch.stage

    def next_deadline(self) -> Instant | None:
        """When `deadline_reached` has something to do."""
        deadlines = [] if self.grant is None else [self.grant.deadline]
        held = self._watch.next_deadline()
        if held is not None and self.mode in _IS_WATCHED:
            deadlines.append(held)
        return min(deadlines, default=None, key=lambda at: at.mono_ns)

    def begin(
        self,
        subject: Subject,
        reader: DeviceId | None,
        payload: bytes,
        now: Instant,
        cause: Kind = Kind.ACCESS_GRANTED,
    ) -> list[GateCommand]:
        """Open a grant: what is to be done once it is recorded. The door must answer."""
        grant = Grant(
            decision_id=subject.decision_id or self._stamp.next_id(),
            subject=subject,
            direction=subject.direction or Direction.ENTRY,
            reader=reader,
            payload=payload,
            deadline=now.plus_ms(self._timings.wait_for_passage_ms),
            cause=cause,
        )
        is_button = cause is Kind.EXIT_REQUESTED
        happening = Happening.EXIT_BUTTON if is_button else Happening.GRANTED
        self.mode = transition(self.mode, happening).mode
        self.grant = grant
        self._watch.begin_anew(now)
        return self._open(grant, now)

    def record_failed(self, decision_id: CommandId, now: Instant) -> list[GateCommand]:
        """The grant is not on disk in time: open all the same, or take it back."""
        grant = self.grant
        if grant is None or grant.decision_id != decision_id:
            return []
        is_opened = self._timings.opens_unrecorded_entry or grant.direction is Direction.EXIT
        if is_opened and self.mode in {DoorMode.RELEASING, DoorMode.OUT_OF_ORDER}:
            deadline = now.plus_ms(self._timings.wait_for_passage_ms)
            self.grant = replace(grant, deadline=deadline)
            return self._open(grant, now)
        reason = ReasonCode.RECORD_NOT_DURABLE
        return [
            WithdrawRecord(decision_id=decision_id),
            *self._happened(Happening.RECORD_FAILED, now, reasons=(reason,)),
            *_told(grant, feedback.refusal(grant.direction, reason)),
        ]

    def release_answered(self, result: ReleaseResult, now: Instant) -> list[GateCommand]:
        """The door's answer; one to a grant that has ended says nothing new."""
        grant = self.grant
        if grant is None or result.command_id != grant.decision_id:
            return []
        detail = f"{result.outcome}: {result.detail}"
        if result.outcome is ReleaseOutcome.UNKNOWN:
            self.grant = replace(grant, doubt=detail)
            return self._happened(Happening.RELEASE_UNCERTAIN, now)
        if result.outcome not in _NOT_OPENED:
            return self._happened(Happening.RELEASE_ANSWERED, now)
        return [
            *self._happened(Happening.RELEASE_FAILED, now, detail=detail),
            *_told(grant, feedback.fault(grant.direction)),
        ]

    def deadline_reached(self, now: Instant) -> list[GateCommand]:
        """Nobody has gone through in time, or the lane stands open."""
        commands: list[GateCommand] = []
        grant = self.grant
        if grant is not None and now.mono_ns >= grant.deadline.mono_ns:
            commands += self._happened(Happening.TIME_OVER, now, detail=grant.doubt)
        if self.mode in _IS_WATCHED and self._watch.reached(now) is Stage.ALARMED:
            commands.append(self._stamp.record(Kind.DOOR_HELD_OPEN, now))
        return commands

    def passage(
        self, event: PassageStarted | PassageSensed | PassageReversed, now: Instant
    ) -> list[GateCommand]:
        """The sensor of the lane."""
        if isinstance(event, PassageStarted):
            self._watch.opened(Opening.PASSAGE, now)
            return self._passage_began(event.direction, now)
        ended = self._closed(Opening.PASSAGE, now)
        if isinstance(event, PassageSensed):
            return [*self._passed(event.direction, now), *ended]
        grant = self.grant
        if grant is None or grant.direction is not event.direction:
            return ended
        return [*self._happened(Happening.PASSAGE_REVERSED, now), *ended]

    def contact_changed(self, *, is_open: bool, now: Instant) -> list[GateCommand]:
        """The door left its closed position, or is back in it."""
        if not is_open:
            return self._closed(Opening.CONTACT, now)
        self._watch.opened(Opening.CONTACT, now)
        grant = self.grant
        if grant is not None and self._timings.is_passage_by_contact:
            return self._passed(grant.direction, now)
        if grant is not None or self._passages.is_recent(now):
            return []
        return self._happened(Happening.OPENED_UNGRANTED, now, detail="opened without a grant")

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
        self._watch.begin_anew(now)
        is_faulty = self._is_faulty
        happening = Happening.FIRE_RESET_FAULTY if is_faulty else Happening.FIRE_RESET
        return self._happened(happening, now)

    def door_changed(self, *, is_there: bool, now: Instant) -> list[GateCommand]:
        """The door answers again, or does not any more. Nothing opens by itself."""
        if not is_there:
            # The end of a passage is not told any more; a contact that has moved is, afterwards.
            self._watch.closed(Opening.PASSAGE)
            return self._happened(Happening.DOOR_LOST, now)
        self._watch.begin_anew(now)
        if self._is_faulty:
            return self._happened(Happening.DOOR_READY_FAULTY, now)
        happening = Happening.DOOR_READY_AWAITED if self.is_busy else Happening.DOOR_READY
        return self._happened(happening, now)

    def fault_changed(self, *, is_active: bool, detail: str, now: Instant) -> list[GateCommand]:
        """The door says that it cannot do its work, or that it can again."""
        if is_active is self._is_faulty:
            return []
        self._is_faulty = is_active
        if is_active:
            return self._happened(Happening.FAULT, now, detail=detail)
        happening = Happening.FAULT_OVER_AWAITED if self.is_busy else Happening.FAULT_OVER
        return self._happened(happening, now, detail=detail)

    def _passage_began(self, direction: Direction, now: Instant) -> list[GateCommand]:
        grant = self.grant
        if grant is None or grant.direction is not direction:
            return []
        self.grant = replace(grant, deadline=now.plus_ms(self._timings.in_passage_ms))
        return self._happened(Happening.PASSAGE_STARTED, now)

    def _passed(self, direction: Direction, now: Instant) -> list[GateCommand]:
        grant = self.grant
        if grant is not None and grant.direction is direction:
            self._passages.covered(direction, grant.decision_id, now)
            self._watch.begin_anew(now)
            return self._happened(Happening.PASSAGE_GRANTED, now)
        granted = None if grant is None else grant.direction
        happening = self._passages.uncovered(direction, granted, now)
        followed = None
        if happening is Happening.PASSAGE_FOLLOWING:
            followed = self._passages.followed
        subject = Subject(direction=direction, decision_id=followed)
        return self._happened(happening, now, subject=subject)

    def _closed(self, what: Opening, now: Instant) -> list[GateCommand]:
        if not self._watch.closed(what):
            return []
        return [self._stamp.record(Kind.DOOR_CLOSED_AGAIN, now)]

    def _open(self, grant: Grant, now: Instant) -> list[GateCommand]:
        release = ReleaseDoor(
            command_id=grant.decision_id,
            direction=grant.direction,
            deadline=now.plus_ms(self._timings.release_within_ms),
            reason=grant.cause,
            issued_by=_ISSUER,
        )
        return [release, *_told(grant, feedback.go(grant.direction))]

    def _happened(
        self,
        happening: Happening,
        now: Instant,
        *,
        subject: Subject = NOBODY,
        reasons: tuple[str, ...] = (),
        detail: str = "",
    ) -> list[GateCommand]:
        """Apply the door table: the new mode, what is recorded, what the door is told."""
        cell = transition(self.mode, happening)
        self.mode = cell.mode
        commands: list[GateCommand] = []
        if cell.records is not None:
            about, grant = subject, self.grant
            if grant is not None and cell.records in OUTCOMES:
                about, self.grant = grant.subject, None
            commands.append(self._stamp.record(cell.records, now, about, reasons, detail=detail))
        if cell.action is not None:
            commands.append(_door_command(cell.action, self._stamp.next_id(), happening))
        return commands


def _door_command(action: DoorAction, command_id: CommandId, happening: Happening) -> DoorCommand:
    if action is DoorAction.SECURE:
        return SecureDoor(command_id=command_id, reason=happening, issued_by=_ISSUER)
    return FreeDoor(command_id=command_id, reason=happening, issued_by=_ISSUER)


def _told(grant: Grant, shown: ShowFeedback) -> list[GateCommand]:
    """Tell the person of the grant, if there is a reader at that side."""
    return [] if grant.reader is None else [show(grant.reader, shown)]


def show(reader: DeviceId | None, shown: ShowFeedback) -> ShowAtReader:
    """The command to tell the person at `reader`, or at all readers."""
    return ShowAtReader(reader=reader, feedback=shown)
