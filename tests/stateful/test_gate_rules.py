"""Whatever happens at a gate, in whatever order: what must always hold."""

from enum import Enum

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from access_core.devices.commands import (
    FreeDoor,
    PulseOutput,
    ReleaseDoor,
    ReleaseOutcome,
    ReleaseResult,
    Signal,
)
from access_core.devices.events import (
    DeviceLost,
    DeviceReady,
    Direction,
    DoorAlarm,
    DoorContactChanged,
    ExitRequested,
    FaultChanged,
    FireInputChanged,
    Medium,
    PassageReversed,
    PassageSensed,
    PassageStarted,
    ResetPressed,
)
from access_core.ids import CommandId, DeviceId
from access_core.model.access_event import AccessEventKind as Kind
from access_core.passes.card import CardFormat, card_text
from access_core.passes.rotation import step_at
from edge_agent.gate.commands import (
    GateCommand,
    LookUpPass,
    RecordEvent,
    RefuseTest,
    ShowAtReader,
    TryOutput,
    WithdrawRecord,
)
from edge_agent.gate.door_table import GRANTS, OUTCOMES, DoorMode
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
from edge_agent.gate.lane import LaneTimings
from edge_agent.gate.machine import GateMachine
from tests.builders import DOOR, READER_IN, READER_OUT, a_setup, origin, presented, some_facts
from tests.facts import AT, a_credential
from tests.issuer import IssuedPass, issue_visitor

PASSES = tuple(issue_visitor(seed) for seed in range(1, 4))
MANY = 20
"""More deadlines than any 9 s can have."""
DIRECTIONS = st.sampled_from(Direction)
DEVICES = st.sampled_from([DOOR, READER_IN, READER_OUT])
NOT_DECISIONS = (
    LinkChanged,
    SnapshotReplaced,
    SnapshotRefused,
    DeviceLost,
    DeviceReady,
    DoorAlarm,
    DoorContactChanged,
    FaultChanged,
    OutputTestAsked,
)


class Answer(Enum):
    """What the disk says of a pass."""

    KNOWN = "known"
    UNKNOWN = "unknown"
    LATER = "later"


class GateRules(RuleBasedStateMachine):
    """A gate with a shell that performs its commands in order, and may fail at each."""

    def __init__(self) -> None:
        """A gate whose door answers and is locked."""
        super().__init__()
        timings = LaneTimings(has_exit_button=True)
        self.gate = GateMachine(a_setup(timings=timings), some_facts())
        self.now = AT
        self.recorded_grants: set[CommandId] = set()
        self.open_grants: list[CommandId] = []
        self.released: list[CommandId] = []
        self.questions: list[LookUpPass] = []
        self.is_disk_well = True
        self.tests = 0
        self.standing: dict[DeviceId, Signal] = {}
        self.hear(DeviceReady(origin=origin()))

    def hear(self, event: GateEvent) -> list[GateCommand]:
        """Handle `event` and perform what comes of it, as the shell does."""
        commands = self.gate.handle(event, self.now)
        for command in commands:
            failed = self._perform(command)
            if failed is not None:
                self.hear(failed)
                break
        if isinstance(event, NOT_DECISIONS):
            assert not any(isinstance(c, ReleaseDoor) for c in commands)
        return commands

    def _perform(self, command: GateCommand) -> RecordFailed | None:
        match command:
            case LookUpPass():
                self.questions.append(command)
            case RecordEvent():
                return self._record(command)
            case TryOutput():
                assert self.is_disk_well, "switched, but not recorded"
                assert self.gate.grant is None, "switched while somebody was let through"
            case ReleaseDoor():
                if self.gate.mode is DoorMode.OUT_OF_ORDER:
                    assert command.direction is Direction.EXIT, "let in by a lane out of order"
                assert command.command_id in self.recorded_grants, "released, but not recorded"
                assert command.command_id not in self.released, "released twice"
                self.released.append(command.command_id)
            case ShowAtReader() if command.reader is not None:
                self.standing[command.reader] = command.feedback.signal
            case WithdrawRecord():
                assert command.decision_id not in self.released
            case _:
                pass
        return None

    def _record(self, command: RecordEvent) -> RecordFailed | None:
        event = command.event
        decision = event.decision_id
        if event.kind is Kind.OUTPUT_TESTED and decision is not None:
            return None if self.is_disk_well else RecordFailed(decision_id=decision)
        if event.kind in GRANTS and decision is not None:
            self.open_grants.append(decision)
            if not command.is_awaited:
                return None
            if not self.is_disk_well:
                # The way out opens all the same: it counts as recorded, late.
                if event.direction is Direction.EXIT:
                    self.recorded_grants.add(decision)
                return RecordFailed(decision_id=decision)
            self.recorded_grants.add(decision)
        elif event.kind is Kind.TAILGATING:
            assert decision not in self.open_grants, "the one before is through"
        elif event.kind in OUTCOMES and event.kind is not Kind.ACCESS_DENIED:
            assert decision in self.open_grants, "an outcome of no open grant"
            self.open_grants.remove(decision)
        elif event.kind is Kind.ACCESS_DENIED and decision in self.open_grants:
            self.open_grants.remove(decision)
        return None

    @rule(
        issued=st.sampled_from(PASSES),
        late=st.sampled_from([0, 0, 0, 1, -1, 4]),
        reader=st.sampled_from([READER_IN, READER_IN, READER_OUT]),
        is_fresh=st.sampled_from([True, True, True, False]),
        answer=st.sampled_from([*[Answer.KNOWN] * 4, Answer.UNKNOWN, Answer.LATER]),
    )
    def somebody_holds_up_a_pass(
        self, issued: IssuedPass, late: int, reader: DeviceId, *, is_fresh: bool, answer: Answer
    ) -> None:
        """A pass of ours, mostly in its window, mostly known and looked up at once."""
        now_step = step_at(issued.claims.not_before_s, self.now.wall_s)
        step = min(max(now_step - late, 1), len(issued.chain) - 1)
        self.hear(presented(issued, step, reader=reader, is_fresh=is_fresh))
        if self.questions and answer is not Answer.LATER:
            self._answer(is_known=answer is Answer.KNOWN, entries=0)

    @rule(
        number=st.integers(0, 3),
        reader=st.sampled_from([READER_IN, READER_OUT]),
        answer=st.sampled_from(Answer),
    )
    def somebody_holds_a_card(self, number: int, reader: DeviceId, answer: Answer) -> None:
        """One of four cards; the edge knows it or does not."""
        payload = card_text(CardFormat.EM4100, number.to_bytes(5, "big"))
        self.hear(presented(reader=reader, payload=payload, medium=Medium.CARD))
        if self.questions and answer is not Answer.LATER:
            self._answer(is_known=answer is Answer.KNOWN, entries=0)

    @rule()
    def somebody_presses_the_exit_button(self) -> None:
        """It opens the way out or nothing."""
        commands = self.hear(ExitRequested(origin=origin()))
        ways = {c.direction for c in commands if isinstance(c, ReleaseDoor)}
        assert ways <= {Direction.EXIT}

    @rule(is_open=st.booleans())
    def the_contact_changes(self, *, is_open: bool) -> None:
        """Once or repeatedly."""
        self.hear(DoorContactChanged(origin=origin(), is_open=is_open))

    @rule(device=DEVICES, is_active=st.booleans())
    def a_device_has_a_fault(self, device: DeviceId, *, is_active: bool) -> None:
        """Or has none any more."""
        self.hear(FaultChanged(origin=origin(device), is_active=is_active, detail="x"))

    @rule(device=DEVICES, late_ms=st.integers(-5, 5))
    def a_technician_tries_an_output(self, device: DeviceId, late_ms: int) -> None:
        """Recorded and done, or refused."""
        self.tests += 1
        command = PulseOutput(
            command_id=CommandId(f"test-{self.tests}"),
            output="relay 1",
            deadline=self.now.plus_ms(late_ms),
            reason="wiring",
            issued_by="technician",
        )
        before = self.gate.grant
        commands = self.hear(OutputTestAsked(device=device, command=command))
        answers = [c for c in commands if isinstance(c, TryOutput | RefuseTest)]
        assert len(answers) == 1
        if before is not None:
            assert isinstance(answers[0], RefuseTest)

    @rule(payload=st.binary(max_size=60))
    def somebody_holds_up_anything(self, payload: bytes) -> None:
        """Bytes from outside."""
        self.hear(presented(payload=payload))

    @precondition(lambda self: self.questions)
    @rule(is_known=st.booleans(), entries=st.integers(0, 2))
    def the_disk_answers(self, *, is_known: bool, entries: int) -> None:
        """What the disk knows of the pass asked for."""
        self._answer(is_known=is_known, entries=entries)

    def _answer(self, *, is_known: bool, entries: int) -> None:
        question = self.questions.pop(0)
        issued = next((p for p in PASSES if p.claims.pass_id == question.pass_id), PASSES[0])
        known = a_credential(issued.claims, pass_id=question.pass_id)
        credential = known if is_known else None
        self.hear(
            PassLookedUp(pass_id=question.pass_id, credential=credential, entries_taken=entries)
        )

    @precondition(lambda self: self.questions)
    @rule()
    def the_disk_fails(self) -> None:
        """No answer but a problem."""
        self.hear(LookUpFailed(pass_id=self.questions.pop(0).pass_id, problem="disk"))

    @rule(is_well=st.sampled_from([True, True, False]))
    def the_journal_changes(self, *, is_well: bool) -> None:
        """From now on records are durable in time, or not."""
        self.is_disk_well = is_well

    @precondition(lambda self: self.released)
    @rule(outcome=st.sampled_from(ReleaseOutcome), which=st.integers(0, 100))
    def the_door_answers(self, outcome: ReleaseOutcome, which: int) -> None:
        """To any release, late or twice."""
        command_id = self.released[which % len(self.released)]
        self.hear(ReleaseAnswered(result=ReleaseResult(command_id=command_id, outcome=outcome)))

    @rule(
        kind=st.sampled_from([PassageStarted, PassageSensed, PassageReversed]),
        direction=DIRECTIONS,
    )
    def the_sensor_reports(
        self,
        kind: type[PassageStarted | PassageSensed | PassageReversed],
        direction: Direction,
    ) -> None:
        """Any part of a passage, in any direction."""
        self.hear(kind(origin=origin(), direction=direction))

    @rule(is_active=st.sampled_from([True, False, False]))
    def the_fire_contact_changes(self, *, is_active: bool) -> None:
        """Fire frees, always."""
        was_active = self.gate._lane._is_fire_active
        commands = self.hear(FireInputChanged(origin=origin(), is_active=is_active))
        if is_active and not was_active:
            assert isinstance(commands[0], FreeDoor), "freed first, before anything else"
        if is_active:
            assert self.gate.mode is DoorMode.FREE

    @rule()
    def somebody_turns_the_key(self) -> None:
        """A reset, at any time; never while the contact is active."""
        self.hear(ResetPressed(origin=origin()))
        if self.gate._lane._is_fire_active:
            assert self.gate.mode is DoorMode.FREE

    @rule(device=DEVICES, is_there=st.sampled_from([True, True, False]))
    def a_device_goes_or_comes(self, device: DeviceId, *, is_there: bool) -> None:
        """Any device, any number of times."""
        at = origin(device)
        self.hear(DeviceReady(origin=at) if is_there else DeviceLost(origin=at, reason="x"))

    @rule(is_up=st.booleans(), revision=st.integers(1, 9))
    def the_centre_comes_or_goes(self, *, is_up: bool, revision: int) -> None:
        """With new rules, or with rules that are refused."""
        commands = self.hear(LinkChanged(is_up=is_up))
        assert commands == []
        if is_up:
            self.hear(SnapshotReplaced(facts=some_facts(revision=revision)))
        else:
            self.hear(SnapshotRefused(problem="stranger"))

    @rule(ms=st.integers(0, 9_000))
    def time_passes(self, ms: int) -> None:
        """A deadline on the way is handled at its moment."""
        until = self.now.plus_ms(ms)
        for _ in range(MANY):
            deadline = self.gate.next_deadline()
            if deadline is None or deadline.mono_ns > until.mono_ns:
                break
            self.now = max(self.now, deadline)
            self.hear(DeadlineReached())
        else:
            raise AssertionError("the gate asks to be woken for ever")
        self.now = max(until, self.now)

    @invariant()
    def a_deadline_is_set_while_a_grant_is_open(self) -> None:
        """Every grant has one outcome, and until then a deadline."""
        grant = self.gate.grant
        assert (grant is not None) == bool(self.open_grants)
        assert len(self.open_grants) <= 1
        deadline = self.gate.next_deadline()
        if grant is not None:
            assert deadline is not None
            assert deadline <= grant.deadline

    @invariant()
    def go_is_shown_only_to_whom_the_door_is_open(self) -> None:
        """No reader says go without an open grant of its own."""
        for reader, signal in self.standing.items():
            if signal is Signal.GO:
                assert self.gate.grant is not None
                assert self.gate.grant.reader == reader

    @invariant()
    def an_accessed_lane_has_a_grant(self) -> None:
        """Released, releasing or in passage only for somebody."""
        if self.gate.mode in {DoorMode.RELEASING, DoorMode.RELEASED, DoorMode.IN_PASSAGE}:
            assert self.gate.grant is not None


TestGateRules = GateRules.TestCase
TestGateRules.settings = settings(max_examples=100, stateful_step_count=40)
