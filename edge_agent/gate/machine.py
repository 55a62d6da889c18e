"""The gate: device events and answers in, commands out. Pure; time is an argument.

It asks for nothing and waits for nothing: what it needs from disk it asks for by a command and
hears by an event. `door_table` says how the lane's mode changes; this module says which
happening an event is, and what an open grant means meanwhile.

Order is a safety matter: a grant is recorded before the door is told (the record is awaited),
and in an emergency the door is told before anything is recorded.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import assert_never

from access_core.clock import Instant
from access_core.devices.commands import (
    FreeDoor,
    ReleaseDoor,
    ReleaseOutcome,
    SecureDoor,
    ShowFeedback,
)
from access_core.devices.events import (
    CredentialPresented,
    DeviceEvent,
    DeviceLost,
    DeviceReady,
    Direction,
    DoorAlarm,
    FireInputChanged,
    PassageReversed,
    PassageSensed,
    PassageStarted,
    ResetPressed,
)
from access_core.ids import AccessPointId, CommandId, DeviceId, GateId
from access_core.model.access_event import AccessEventKind as Kind
from access_core.model.credential import Credential
from access_core.passes import signing
from access_core.passes.signing import PassRefusal
from access_core.policy.decide import decide
from access_core.policy.reasons import ReasonCode
from access_core.policy.request import Decision, PassHistory
from edge_agent.gate import feedback
from edge_agent.gate.commands import (
    DoorCommand,
    GateCommand,
    LookUpPass,
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
from edge_agent.gate.events import (
    DeadlineReached,
    GateEvent,
    LinkChanged,
    LookUpFailed,
    PassLookedUp,
    RecordFailed,
    ReleaseAnswered,
    SnapshotRefused,
    SnapshotReplaced,
)
from edge_agent.gate.facts import SiteFacts
from edge_agent.gate.presentation import Presentation
from edge_agent.gate.reveals import KnownReveals
from edge_agent.gate.stamp import NOBODY, Stamp, Subject

_ACCESSED = frozenset({DoorMode.RELEASING, DoorMode.RELEASED, DoorMode.IN_PASSAGE})
_NOT_OPENED = frozenset({ReleaseOutcome.REFUSED, ReleaseOutcome.EXPIRED})
_CHAIN_BROKEN = frozenset({ReasonCode.PASS_FORGED, ReasonCode.RULE_ERROR})
_ISSUER = "gate"


@dataclass(frozen=True, slots=True, kw_only=True)
class GateSetup:
    """What one gate is made of; from the settings and from this boot."""

    gate_id: GateId
    door: DeviceId
    readers: Mapping[DeviceId, AccessPointId]
    boot: str
    """This machine's boot id."""
    run: str
    """Unique to this run of the program; command ids begin with it."""
    wait_for_passage_ms: int = 8_000
    in_passage_ms: int = 15_000
    release_within_ms: int = 1_000
    opens_unrecorded_entry: bool = False
    """What to do with an entry whose grant is not on disk in time: open and record late, or
    refuse. A way out is always opened."""
    is_free_at_start: bool = False
    """A fire before the last stop was not reset."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A grant whose outcome is not known yet."""

    subject: Subject
    direction: Direction
    reader: DeviceId
    payload: bytes = field(repr=False)
    release_id: CommandId
    deadline: Instant
    """When its outcome is settled without a passage."""


class GateMachine:
    """One lane: who may go through, and what became of it."""

    def __init__(self, setup: GateSetup, facts: SiteFacts | None = None) -> None:
        """`facts`: the rules last stored; None as long as the edge has none."""
        self._setup = setup
        self._stamp = Stamp(gate_id=setup.gate_id, boot=setup.boot, facts=facts)
        self._mode = DoorMode.FREE if setup.is_free_at_start else DoorMode.UNKNOWN
        self._is_fire_active = False
        self._grant: Grant | None = None
        self._deciding: Presentation | None = None
        self._reveals = KnownReveals()
        self._is_there: dict[DeviceId, bool] = {}
        self._count = 0

    @property
    def mode(self) -> DoorMode:
        """What the lane is believed to be."""
        return self._mode

    @property
    def grant(self) -> Grant | None:
        """The grant whose outcome is not known yet."""
        return self._grant

    def next_deadline(self) -> Instant | None:
        """When `DeadlineReached` is wanted; set exactly while a grant is open."""
        return None if self._grant is None else self._grant.deadline

    def handle(self, event: GateEvent, now: Instant) -> list[GateCommand]:
        """What is to be done about `event` at `now`, in this order."""
        match event:
            case PassLookedUp() | LookUpFailed():
                return self._looked_up(event, now)
            case ReleaseAnswered():
                return self._release_answered(event, now)
            case RecordFailed():
                return self._record_failed(event, now)
            case DeadlineReached():
                return self._deadline_reached(now)
            case SnapshotReplaced():
                self._stamp.facts = event.facts
                return []
            case SnapshotRefused():
                return [self._record(Kind.SNAPSHOT_REFUSED, now, detail=event.problem)]
            case LinkChanged():
                self._stamp.is_offline = not event.is_up
                return []
            case _:
                return self._device_reported(event, now)

    def _device_reported(self, event: DeviceEvent, now: Instant) -> list[GateCommand]:
        match event:
            case CredentialPresented():
                return self._presented(event, now)
            case PassageStarted() | PassageSensed() | PassageReversed():
                return self._passage(event, now)
            case FireInputChanged():
                return self._fire_changed(event, now)
            case ResetPressed():
                return self._reset_pressed(now)
            case DoorAlarm():
                state = "on" if event.is_active else "off"
                return [self._record(Kind.DOOR_ALARM, now, detail=f"{state}: {event.detail}")]
            case DeviceLost() | DeviceReady():
                return self._device_changed(event, now)
            case _:
                assert_never(event)

    # -------------------------------------------------------------------- a credential

    def _presented(self, event: CredentialPresented, now: Instant) -> list[GateCommand]:
        reader, facts = event.origin.device, self._stamp.facts
        point_id = self._setup.readers[reader]
        point = None if facts is None else facts.access_points.get(point_id)
        if facts is None or point is None:
            subject, reason = Subject(access_point_id=point_id), ReasonCode.SNAPSHOT_TOO_OLD
            detail = f"the rules held do not contain access point {point_id}"
            denied = self._record(Kind.ACCESS_DENIED, now, subject, (reason,), detail=detail)
            return [denied, _show(reader, feedback.refusal(Direction.ENTRY, reason))]
        if self._mode is DoorMode.FREE:
            return [_show(reader, feedback.emergency(point.direction))]
        presented = signing.verify(event.payload, facts.keys_at(now))
        presentation = Presentation(
            event=event, access_point=point, facts=facts, presented=presented
        )
        if self._mode in _ACCESSED or self._grant is not None or self._deciding is not None:
            return self._busy(presentation, now)
        if presentation.verified is None:
            return self._decide(presentation, None, PassHistory(), now)
        self._deciding = presentation
        pass_id = presentation.verified.claims.pass_id
        return [LookUpPass(pass_id=pass_id, direction=point.direction)]

    def _busy(self, presentation: Presentation, now: Instant) -> list[GateCommand]:
        """Somebody is being let through; the same pass again is that same somebody."""
        grant, deciding = self._grant, self._deciding
        payload, subject = presentation.event.payload, presentation.subject()
        if grant is not None and (
            payload == grant.payload
            or (subject.pass_id is not None and subject.pass_id == grant.subject.pass_id)
        ):
            return []
        if deciding is not None and payload == deciding.event.payload:
            return []
        return self._deny(presentation, subject, (ReasonCode.GATE_BUSY,), now)

    def _looked_up(self, event: PassLookedUp | LookUpFailed, now: Instant) -> list[GateCommand]:
        presentation = self._deciding
        if presentation is None or presentation.subject().pass_id != event.pass_id:
            return []
        self._deciding = None
        if self._mode is DoorMode.FREE:
            shown = feedback.emergency(presentation.access_point.direction)
            return [_show(presentation.event.origin.device, shown)]
        if isinstance(event, PassLookedUp):
            history = PassHistory(
                entries_taken=event.entries_taken,
                highest_step=event.highest_step,
                verified=self._reveals.get(event.pass_id),
            )
            return self._decide(presentation, event.credential, history, now)
        if presentation.access_point.direction is Direction.EXIT:
            return self._decide(presentation, None, PassHistory(), now)
        reasons = (ReasonCode.RULE_ERROR,)
        return self._deny(presentation, presentation.subject(), reasons, now, event.problem)

    def _decide(
        self,
        presentation: Presentation,
        credential: Credential | None,
        history: PassHistory,
        now: Instant,
    ) -> list[GateCommand]:
        decision = decide(presentation.request(credential, history, now))
        self._learn_reveal(presentation, decision)
        subject = presentation.subject(self._next_id(), credential)
        if decision.is_granted:
            return self._granted(presentation, subject, decision, now)
        return self._deny(presentation, subject, decision.reasons, now)

    def _learn_reveal(self, presentation: Presentation, decision: Decision) -> None:
        verified = presentation.verified
        if verified is None or verified.reveal is None:
            return
        if not _CHAIN_BROKEN & {*decision.reasons, *decision.notes}:
            self._reveals.learn(verified.claims.pass_id, verified.reveal)

    def _deny(
        self,
        presentation: Presentation,
        subject: Subject,
        reasons: tuple[ReasonCode, ...],
        now: Instant,
        detail: str = "",
    ) -> list[GateCommand]:
        if isinstance(presentation.presented, PassRefusal):
            detail = f"flaw: {presentation.presented.flaw}"
        shown = feedback.refusal(presentation.access_point.direction, reasons[0])
        return [
            self._record(Kind.ACCESS_DENIED, now, subject, reasons, detail=detail),
            _show(presentation.event.origin.device, shown),
        ]

    # -------------------------------------------------------------------- a grant

    def _granted(
        self, presentation: Presentation, subject: Subject, decision: Decision, now: Instant
    ) -> list[GateCommand]:
        reader, direction = presentation.event.origin.device, presentation.access_point.direction
        event = self._stamp.event(Kind.ACCESS_GRANTED, now, subject, notes=decision.notes)
        if self._mode is DoorMode.UNKNOWN:
            # Not told: a release sent when the door is back would open it for nobody.
            failed = self._record(
                Kind.RELEASE_FAILED, now, subject, detail="the door does not answer"
            )
            return [RecordEvent(event=event), failed, _show(reader, feedback.fault(direction))]
        self._mode = transition(self._mode, Happening.GRANTED).mode
        self._grant = Grant(
            subject=subject,
            direction=direction,
            reader=reader,
            payload=presentation.event.payload,
            release_id=subject.decision_id or self._next_id(),
            deadline=now.plus_ms(self._setup.wait_for_passage_ms),
        )
        return [RecordEvent(event=event, is_awaited=True), *self._open(self._grant, now)]

    def _open(self, grant: Grant, now: Instant) -> list[GateCommand]:
        release = ReleaseDoor(
            command_id=grant.release_id,
            direction=grant.direction,
            deadline=now.plus_ms(self._setup.release_within_ms),
            reason=Kind.ACCESS_GRANTED,
            issued_by=_ISSUER,
        )
        return [release, _show(grant.reader, feedback.go(grant.direction))]

    def _record_failed(self, event: RecordFailed, now: Instant) -> list[GateCommand]:
        grant = self._grant
        if grant is None or grant.subject.decision_id != event.decision_id:
            return []
        is_opened = self._setup.opens_unrecorded_entry or grant.direction is Direction.EXIT
        if is_opened and self._mode is DoorMode.RELEASING:
            deadline = now.plus_ms(self._setup.wait_for_passage_ms)
            self._grant = replace(grant, deadline=deadline)
            return self._open(self._grant, now)
        reason = ReasonCode.RECORD_NOT_DURABLE
        return [
            WithdrawRecord(decision_id=event.decision_id),
            *self._happened(Happening.RECORD_FAILED, now, reasons=(reason,)),
            _show(grant.reader, feedback.refusal(grant.direction, reason)),
        ]

    def _release_answered(self, event: ReleaseAnswered, now: Instant) -> list[GateCommand]:
        grant, result = self._grant, event.result
        if grant is None or result.command_id != grant.release_id:
            return []
        if result.outcome not in _NOT_OPENED:
            return self._happened(Happening.RELEASE_ANSWERED, now)
        detail = f"{result.outcome}: {result.detail}"
        return [
            *self._happened(Happening.RELEASE_FAILED, now, detail=detail),
            _show(grant.reader, feedback.fault(grant.direction)),
        ]

    def _deadline_reached(self, now: Instant) -> list[GateCommand]:
        grant = self._grant
        if grant is None or now.mono_ns < grant.deadline.mono_ns:
            return []
        return self._happened(Happening.TIME_OVER, now)

    def _passage(
        self, event: PassageStarted | PassageSensed | PassageReversed, now: Instant
    ) -> list[GateCommand]:
        grant = self._grant
        is_covered = grant is not None and grant.direction is event.direction
        if isinstance(event, PassageSensed):
            happening = Happening.PASSAGE_GRANTED if is_covered else Happening.PASSAGE_UNGRANTED
            return self._happened(happening, now, direction=event.direction)
        if grant is None or not is_covered:
            return []
        if isinstance(event, PassageReversed):
            return self._happened(Happening.PASSAGE_REVERSED, now)
        self._grant = replace(grant, deadline=now.plus_ms(self._setup.in_passage_ms))
        return self._happened(Happening.PASSAGE_STARTED, now)

    # -------------------------------------------------------------------- fire and devices

    def _fire_changed(self, event: FireInputChanged, now: Instant) -> list[GateCommand]:
        if event.is_active == self._is_fire_active:
            return []
        self._is_fire_active = event.is_active
        if not event.is_active:
            return [self._record(Kind.FIRE_CLEARED, now)]
        commands = self._happened(Happening.FIRE, now)
        freeing = [c for c in commands if not isinstance(c, RecordEvent)]
        recording = [c for c in commands if isinstance(c, RecordEvent)]
        return [*freeing, _show(None, feedback.emergency(Direction.EXIT)), *recording]

    def _reset_pressed(self, now: Instant) -> list[GateCommand]:
        if self._mode is not DoorMode.FREE:
            return []
        if self._is_fire_active:
            return [_show(None, feedback.reset_too_early(Direction.EXIT))]
        shown = _show(None, feedback.ready(Direction.ENTRY))
        return [*self._happened(Happening.FIRE_RESET, now), shown]

    def _device_changed(self, event: DeviceLost | DeviceReady, now: Instant) -> list[GateCommand]:
        device, is_there = event.origin.device, isinstance(event, DeviceReady)
        if self._is_there.get(device) is is_there:
            return []
        self._is_there[device] = is_there
        commands: list[GateCommand] = []
        if device == self._setup.door:
            happening = Happening.DOOR_LOST
            if is_there:
                is_awaited = self._grant is not None
                happening = Happening.DOOR_READY_AWAITED if is_awaited else Happening.DOOR_READY
            commands = self._happened(happening, now)
        if isinstance(event, DeviceLost):
            detail = f"{device}: {event.reason}"
            return [*commands, self._record(Kind.DEVICE_LOST, now, detail=detail)]
        return [*commands, self._record(Kind.DEVICE_READY, now, detail=device)]

    # -------------------------------------------------------------------- the table applied

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
        cell = transition(self._mode, happening)
        self._mode = cell.mode
        commands: list[GateCommand] = []
        if cell.records is not None:
            subject = self._close(cell) or Subject(direction=direction)
            commands.append(self._record(cell.records, now, subject, reasons, detail=detail))
        if cell.action is not None:
            commands.append(self._door_command(cell.action, happening))
        return commands

    def _close(self, cell: Transition) -> Subject | None:
        """End the open grant if what is recorded is its outcome; whom it was for."""
        grant = self._grant
        if grant is None or cell.records not in OUTCOMES:
            return None
        self._grant = None
        return grant.subject

    def _door_command(self, action: DoorAction, happening: Happening) -> DoorCommand:
        if action is DoorAction.SECURE:
            return SecureDoor(command_id=self._next_id(), reason=happening)
        return FreeDoor(command_id=self._next_id(), reason=happening)

    def _record(
        self,
        kind: Kind,
        now: Instant,
        subject: Subject = NOBODY,
        reasons: tuple[str, ...] = (),
        *,
        detail: str = "",
    ) -> RecordEvent:
        event = self._stamp.event(kind, now, subject, reasons=reasons, detail=detail)
        return RecordEvent(event=event)

    def _next_id(self) -> CommandId:
        self._count += 1
        return CommandId(f"{self._setup.run}-{self._count}")


def _show(reader: DeviceId | None, shown: ShowFeedback) -> ShowAtReader:
    return ShowAtReader(reader=reader, feedback=shown)
