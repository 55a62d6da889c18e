"""The gate: device events and answers in, commands out. Pure; time is an argument.

It asks for nothing and waits for nothing: what it needs from disk it asks for by a command and
hears by an event. A grant is recorded before the door is told: its record is awaited.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import assert_never

from access_core.clock import Instant
from access_core.devices.commands import ShowFeedback
from access_core.devices.events import (
    CredentialPresented,
    DeviceEvent,
    DeviceLost,
    DeviceReady,
    Direction,
    DoorContactChanged,
    ExitRequested,
    FaultChanged,
    FireInputChanged,
    PassageReversed,
    PassageSensed,
    PassageStarted,
    ResetPressed,
)
from access_core.ids import AccessPointId, CommandId, DeviceId, GateId
from access_core.model.access_event import AccessEvent
from access_core.model.access_event import AccessEventKind as Kind
from access_core.model.credential import Credential
from access_core.passes.signing import PassRefusal
from access_core.policy.decide import decide
from access_core.policy.reasons import ReasonCode
from access_core.policy.request import Decision, PassHistory
from edge_agent.gate import conditions, display, feedback
from edge_agent.gate.commands import GateCommand, LookUpPass, RecordEvent
from edge_agent.gate.display import Display
from edge_agent.gate.door_table import DoorMode
from edge_agent.gate.events import (
    DeadlineReached,
    GateEvent,
    LinkChanged,
    LookUpFailed,
    OutputTestAsked,
    PassLookedUp,
    RecordFailed,
    ReleaseAnswered,
    SnapshotRefused,
    SnapshotReplaced,
)
from edge_agent.gate.facts import SiteFacts
from edge_agent.gate.lane import Grant, Lane, LaneTimings, show
from edge_agent.gate.presentation import Presentation, read_credential
from edge_agent.gate.repeats import Repeats
from edge_agent.gate.reveals import KnownReveals
from edge_agent.gate.stamp import Stamp, Subject
from edge_agent.gate.ways import Ways
from edge_agent.gate.wiring_tests import WiringTests

_CHAIN_IN_DOUBT = frozenset({ReasonCode.PASS_FORGED, ReasonCode.RULE_ERROR})


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
    timings: LaneTimings = field(default_factory=LaneTimings)
    is_free_at_start: bool = False
    """A fire before the last stop was not reset."""


class GateMachine:
    """One gate: who may go through, and what became of it."""

    def __init__(self, setup: GateSetup, facts: SiteFacts | None = None) -> None:
        """`facts`: the rules last stored; None as long as the edge has none."""
        self._setup = setup
        self._stamp = Stamp(gate_id=setup.gate_id, boot=setup.boot, run=setup.run, facts=facts)
        self._lane = Lane(setup.timings, self._stamp, is_free=setup.is_free_at_start)
        self._deciding: Presentation | None = None
        self._reveals = KnownReveals()
        self._repeats = Repeats(setup.timings.repeat_ms)
        self._display = Display(setup.readers)
        self._is_there: dict[DeviceId, bool] = {}
        self._tests = WiringTests(self._stamp)
        self._ways = Ways(setup.readers, self._stamp)

    @property
    def mode(self) -> DoorMode:
        """What the lane is believed to be."""
        return self._lane.mode

    @property
    def grant(self) -> Grant | None:
        """The grant whose outcome is not known yet."""
        return self._lane.grant

    def next_deadline(self) -> Instant | None:
        """When `DeadlineReached` is wanted: for the grant, an open lane, an answer shown."""
        deadlines = (self._lane.next_deadline(), self._display.next_deadline())
        given = [at for at in deadlines if at is not None]
        return min(given, default=None, key=lambda at: at.mono_ns)

    def handle(self, event: GateEvent, now: Instant) -> list[GateCommand]:
        """What is to be done about `event` at `now`, in this order."""
        commands = self._handle(event, now)
        return [*commands, *self._display.follow(commands, self._standing_at, now)]

    def _handle(self, event: GateEvent, now: Instant) -> list[GateCommand]:
        match event:
            case PassLookedUp() | LookUpFailed():
                return self._looked_up(event, now)
            case ReleaseAnswered():
                return self._lane.release_answered(event.result, now)
            case RecordFailed():
                return self._record_failed(event.decision_id, now)
            case DeadlineReached():
                return self._lane.deadline_reached(now)
            case OutputTestAsked():
                is_in_use = self._lane.is_in_use or self._deciding is not None
                return self._tests.asked(event, self.mode, now, is_in_use=is_in_use)
            case SnapshotReplaced() | SnapshotRefused() | LinkChanged():
                return self._centre_told(event, now)
            case _:
                return self._device_reported(event, now)

    def _centre_told(
        self, event: SnapshotReplaced | SnapshotRefused | LinkChanged, now: Instant
    ) -> list[GateCommand]:
        match event:
            case SnapshotReplaced():
                self._stamp.facts = event.facts
            case SnapshotRefused():
                return [self._stamp.record(Kind.SNAPSHOT_REFUSED, now, detail=event.problem)]
            case LinkChanged():
                self._stamp.is_offline = not event.is_up
            case _:
                assert_never(event)
        return []

    def _device_reported(self, event: DeviceEvent, now: Instant) -> list[GateCommand]:
        match event:
            case CredentialPresented():
                return self._presented(event, now)
            case PassageStarted() | PassageSensed() | PassageReversed():
                return self._lane.passage(event, now)
            case FireInputChanged():
                return self._lane.fire_changed(is_active=event.is_active, now=now)
            case ResetPressed():
                return self._lane.reset_pressed(now)
            case DeviceLost() | DeviceReady():
                return self._device_changed(event, now)
            case ExitRequested():
                return self._exit_requested(event, now)
            case DoorContactChanged():
                # Only the door's own contact says anything of the lane.
                is_the_doors = event.origin.device == self._setup.door
                return (
                    self._lane.contact_changed(is_open=event.is_open, now=now)
                    if is_the_doors
                    else []
                )
            case _:
                return self._condition_reported(event, now)

    def _condition_reported(self, event: conditions.Condition, now: Instant) -> list[GateCommand]:
        """Recorded; only a fault of the door changes what the lane may do."""
        detail = conditions.in_words(event)
        if isinstance(event, FaultChanged) and event.origin.device == self._setup.door:
            return self._lane.fault_changed(is_active=event.is_active, detail=detail, now=now)
        return [self._stamp.record(conditions.kind_of(event), now, detail=detail)]

    def _exit_requested(self, event: ExitRequested, now: Instant) -> list[GateCommand]:
        """The exit button: a decision of its own. It never lets anybody in."""
        if not self._setup.timings.has_exit_button or event.direction is not Direction.EXIT:
            return []
        if self.mode is DoorMode.FREE:
            return []
        reader, point_id = self._ways.way_out()
        if self._lane.is_busy or self._deciding is not None:
            shown = feedback.one_moment(Direction.EXIT)
            return [] if reader is None else [show(reader, shown)]
        subject = Subject(
            access_point_id=point_id,
            direction=Direction.EXIT,
            decision_id=self._stamp.next_id(),
        )
        asked = self._stamp.event(
            Kind.EXIT_REQUESTED, now, subject, detail=str(event.origin.device)
        )
        return self._let_through(asked, subject, reader, b"", now)

    def _standing_at(self, reader: DeviceId) -> ShowFeedback:
        grant = self._lane.grant
        return display.standing(
            self.mode,
            self._lane.stage,
            None if grant is None else grant.reader,
            is_busy=self._lane.is_busy,
            at=reader,
            direction=self._ways.direction_of(reader),
        )

    def _record_failed(self, decision_id: CommandId, now: Instant) -> list[GateCommand]:
        # What stood behind the record was not done, showing included.
        self._display.forget()
        return [
            *self._tests.record_failed(decision_id),
            *self._lane.record_failed(decision_id, now),
        ]

    def _device_changed(self, event: DeviceLost | DeviceReady, now: Instant) -> list[GateCommand]:
        device, is_there = event.origin.device, isinstance(event, DeviceReady)
        if self._is_there.get(device) is is_there:
            return []
        self._is_there[device] = is_there
        if is_there and device in self._setup.readers:
            self._display.forget(device)
        commands: list[GateCommand] = []
        if device == self._setup.door:
            commands = self._lane.door_changed(is_there=is_there, now=now)
        if isinstance(event, DeviceLost):
            detail = f"{device}: {event.reason}"
            return [*commands, self._stamp.record(Kind.DEVICE_LOST, now, detail=detail)]
        return [*commands, self._stamp.record(Kind.DEVICE_READY, now, detail=device)]

    def _presented(self, event: CredentialPresented, now: Instant) -> list[GateCommand]:
        reader, facts = event.origin.device, self._stamp.facts
        point_id = self._setup.readers[reader]
        point = None if facts is None else facts.access_points.get(point_id)
        if facts is None or point is None:
            return self._without_rules(reader, point_id, now)
        if self.mode is DoorMode.FREE:
            return [show(reader, feedback.emergency(point.direction))]
        is_busy = self._lane.is_busy or self._deciding is not None
        is_settling = event.is_fresh and not is_busy
        if self._repeats.is_repeat((reader, event.payload), now, is_settling=is_settling):
            return []
        presented = read_credential(event, facts.keys_at(now))
        presentation = Presentation(
            event=event, access_point=point, facts=facts, presented=presented
        )
        if is_busy:
            return self._busy(presentation, now)
        if self.mode is DoorMode.OUT_OF_ORDER and point.direction is Direction.ENTRY:
            reasons = (ReasonCode.LANE_OUT_OF_ORDER,)
            return self._deny(presentation, presentation.subject(), reasons, now)
        pass_id = presentation.pass_id
        if pass_id is None:
            return self._decide(presentation, None, PassHistory(), now)
        self._deciding = presentation
        return [LookUpPass(pass_id=pass_id, direction=point.direction)]

    def _without_rules(
        self, reader: DeviceId, point_id: AccessPointId, now: Instant
    ) -> list[GateCommand]:
        subject, reason = Subject(access_point_id=point_id), ReasonCode.SNAPSHOT_TOO_OLD
        detail = f"the rules held do not contain access point {point_id}"
        return [
            self._stamp.record(Kind.ACCESS_DENIED, now, subject, (reason,), detail=detail),
            show(reader, feedback.refusal(Direction.ENTRY, reason)),
        ]

    def _busy(self, presentation: Presentation, now: Instant) -> list[GateCommand]:
        """Somebody is being let through; the same pass again is that same somebody."""
        grant, deciding = self._lane.grant, self._deciding
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
        if self.mode is DoorMode.FREE:
            shown = feedback.emergency(presentation.access_point.direction)
            return [show(presentation.event.origin.device, shown)]
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
        _learn_reveal(self._reveals, presentation, decision)
        subject = presentation.subject(self._stamp.next_id(), credential)
        if not decision.is_granted:
            return self._deny(presentation, subject, decision.reasons, now)
        event = self._stamp.event(Kind.ACCESS_GRANTED, now, subject, notes=decision.notes)
        reader, payload = presentation.event.origin.device, presentation.event.payload
        return self._let_through(event, subject, reader, payload, now)

    def _let_through(
        self,
        event: AccessEvent,
        subject: Subject,
        reader: DeviceId | None,
        payload: bytes,
        now: Instant,
    ) -> list[GateCommand]:
        """Record `event`, which lets somebody through, and open."""
        if self.mode is DoorMode.UNKNOWN:
            # Not told: a release sent when the door is back would open it for nobody.
            detail = "the door does not answer"
            failed = self._stamp.record(Kind.RELEASE_FAILED, now, subject, detail=detail)
            told = feedback.fault(subject.direction or Direction.ENTRY)
            shown = [] if reader is None else [show(reader, told)]
            return [RecordEvent(event=event), failed, *shown]
        opening = self._lane.begin(subject, reader, payload, now, event.kind)
        return [RecordEvent(event=event, is_awaited=True), *opening]

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
            self._stamp.record(Kind.ACCESS_DENIED, now, subject, reasons, detail=detail),
            show(presentation.event.origin.device, shown),
        ]


def _learn_reveal(reveals: KnownReveals, presentation: Presentation, decision: Decision) -> None:
    """Remember the code shown, unless its chain is in doubt."""
    verified = presentation.verified
    if verified is None or verified.reveal is None:
        return
    if not _CHAIN_IN_DOUBT & {*decision.reasons, *decision.notes}:
        reveals.learn(verified.claims.pass_id, verified.reveal)
