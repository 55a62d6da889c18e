"""One gate: who may go through."""

from typing import Final

import pytest

from access_core.devices.commands import ReleaseDoor, ReleaseOutcome, ReleaseResult, Signal
from access_core.devices.events import (
    DeviceLost,
    DeviceReady,
    Direction,
    DoorAlarm,
    FaultChanged,
    FireInputChanged,
    PassageSensed,
)
from access_core.ids import CommandId, PassId
from access_core.model.access_event import AccessEventKind as Kind
from access_core.model.access_event import ClockState
from access_core.model.credential import CredentialStatus
from access_core.passes.pass_token import render
from access_core.passes.signing import sign
from edge_agent.gate.commands import LookUpPass, RecordEvent
from edge_agent.gate.door_table import DoorMode
from edge_agent.gate.events import (
    LinkChanged,
    LookUpFailed,
    PassLookedUp,
    ReleaseAnswered,
    SnapshotRefused,
    SnapshotReplaced,
)
from edge_agent.gate.machine import GateMachine
from tests.builders import (
    DOOR,
    READER_IN,
    READER_OUT,
    a_gate,
    a_setup,
    origin,
    presented,
    some_facts,
)
from tests.facts import AT, STEP, VISITOR, a_credential
from tests.issuer import KID, OTHER_KEY, issue_printed, issue_visitor
from tests.playbook import Playbook, at_rest, granted, recorded, released, shown

PASS: Final = VISITOR.claims.pass_id
KNOWN: Final = PassLookedUp(pass_id=PASS, credential=a_credential())
ASKED_IN: Final = LookUpPass(pass_id=PASS, direction=Direction.ENTRY)
ASKED_OUT: Final = LookUpPass(pass_id=PASS, direction=Direction.EXIT)


def test_a_grant_is_recorded_then_released_then_shown() -> None:
    """A good pass: look it up, record the grant, release, say so; in this order."""
    play = granted()
    play.done()
    assert play.gate.mode is DoorMode.RELEASING
    event = play.events[-1]
    assert (event.pass_id, event.step, event.revision) == (PASS, STEP, 7)
    assert event.holder_id == "h1"
    release = next(c for c in play.heard if isinstance(c, ReleaseDoor))
    assert release.command_id == event.decision_id
    assert release.deadline == AT.plus_ms(1_000)


def test_a_denial_says_every_reason_and_shows_the_first() -> None:
    """A revoked pass whose entries are spent is denied with both reasons, one of them shown."""
    play = at_rest()
    play >> presented() << ASKED_IN
    play >> PassLookedUp(
        pass_id=PASS, credential=a_credential(status=CredentialStatus.REVOKED), entries_taken=1
    )
    play << recorded(Kind.ACCESS_DENIED, "CREDENTIAL_REVOKED", "ENTRIES_SPENT")
    play << shown(Signal.STOP, "Pass was withdrawn. Call your host")
    play.done()
    assert play.gate.grant is None


def test_what_is_no_pass_is_denied_without_asking_the_disk() -> None:
    """A text that fails its checks costs no look-up."""
    play = at_rest()
    (
        play
        >> presented(payload=b"HTTP://EXAMPLE.COM")
        << recorded(Kind.ACCESS_DENIED, "PASS_MALFORMED")
    )
    play << shown(Signal.STOP)
    play.done()
    assert play.events[-1].detail == "flaw: not_a_pass"
    assert play.events[-1].pass_id is None


def test_a_forger_is_told_nothing() -> None:
    """A pass with another issuer's signature is recorded as forged and plainly refused."""
    forged = sign(VISITOR.claims, KID, OTHER_KEY)
    play = at_rest()
    play >> presented(payload=render(forged, VISITOR.reveal(STEP)).encode())
    play << recorded(Kind.ACCESS_DENIED, "PASS_FORGED")
    play << shown(Signal.STOP, "Not admitted. Please see the guard")
    play.done()


def test_the_same_code_again_is_a_replay() -> None:
    """A step at or below the highest accepted here is denied."""
    play = at_rest()
    play >> presented() << ASKED_IN
    play >> PassLookedUp(pass_id=PASS, credential=a_credential(), highest_step=STEP)
    play << recorded(Kind.ACCESS_DENIED, "PASS_REPLAYED") << shown(Signal.STOP)


def test_an_unknown_pass_is_denied() -> None:
    """A signed pass that the edge was not told of is denied unless its type may be believed."""
    play = at_rest()
    play >> presented() << ASKED_IN
    play >> PassLookedUp(pass_id=PASS, credential=None)
    play << recorded(Kind.ACCESS_DENIED, "CREDENTIAL_NOT_FOUND", "UNAUTHORIZED")
    play << shown(Signal.STOP)


def test_the_same_pass_is_ignored_while_it_is_let_through() -> None:
    """The phone still held up, even with its next code, is the person being let through."""
    play = granted()
    play >> presented()
    play.done()
    play >> presented(step=STEP + 1)
    play.done()


def test_somebody_else_has_to_wait_for_the_one_before() -> None:
    """A second pass while one is being let through is denied as busy, and told to wait."""
    play = granted()
    play >> presented(issue_visitor(2)) << recorded(Kind.ACCESS_DENIED, "GATE_BUSY")
    play << shown(Signal.WAIT, "One moment please")
    play.done()
    assert play.gate.mode is DoorMode.RELEASING


def test_a_pass_is_not_looked_up_twice_at_once() -> None:
    """While the disk is asked, the same pass is ignored and another one has to wait."""
    play = at_rest()
    play >> presented() << ASKED_IN
    play >> presented()
    play >> presented(issue_visitor(2)) << recorded(Kind.ACCESS_DENIED, "GATE_BUSY")
    play << shown(Signal.WAIT)
    play >> KNOWN << recorded(Kind.ACCESS_GRANTED, is_awaited=True)
    play.any()


def test_an_answer_nobody_waits_for_changes_nothing() -> None:
    """A look-up of another pass, or one answered before, is ignored."""
    play = at_rest()
    play >> KNOWN
    play >> presented() << ASKED_IN
    play >> PassLookedUp(pass_id=PassId(b"12345678"), credential=None)
    play.done()


def test_the_way_out_is_open_to_an_expired_pass() -> None:
    """At an exit what would refuse an entry becomes a note; the step is not accepted by it."""
    play = at_rest()
    play >> presented(reader=READER_OUT) << ASKED_OUT
    play >> PassLookedUp(
        pass_id=PASS, credential=a_credential(status=CredentialStatus.DISABLED), highest_step=STEP
    )
    play << recorded(Kind.ACCESS_GRANTED, is_awaited=True)
    play << released(Direction.EXIT) << shown(Signal.GO)
    assert play.events[-1].notes == ("CREDENTIAL_NOT_ENABLED", "PASS_REPLAYED")


def test_a_disk_that_does_not_answer_bars_the_way_in_only() -> None:
    """A failed look-up denies an entry with RULE_ERROR and lets everybody out."""
    failed = LookUpFailed(pass_id=PASS, problem="disk I/O error")
    play = at_rest()
    play >> presented() << ASKED_IN
    play >> failed << recorded(Kind.ACCESS_DENIED, "RULE_ERROR") << shown(Signal.STOP)
    assert play.events[-1].detail == "disk I/O error"
    play >> presented(reader=READER_OUT) << ASKED_OUT
    play >> failed << recorded(Kind.ACCESS_GRANTED, is_awaited=True)
    play.any()


def test_without_rules_nobody_is_let_in() -> None:
    """An edge that was never told its rules denies, and says why to the engineer."""
    play = at_rest(GateMachine(a_setup()))
    play >> presented() << recorded(Kind.ACCESS_DENIED, "SNAPSHOT_TOO_OLD") << shown(Signal.STOP)
    assert "do not contain access point north-1-in" in play.events[-1].detail


def test_new_rules_hold_from_the_next_event_on() -> None:
    """SnapshotReplaced swaps the rules and says nothing; events carry the new revision."""
    play = at_rest(GateMachine(a_setup()))
    play >> SnapshotReplaced(facts=some_facts(revision=8))
    play.done()
    granted(play)
    assert play.events[-1].revision == 8


def test_refused_rules_are_recorded() -> None:
    """A change set that must not be used is an event with its reason."""
    play = at_rest()
    play >> SnapshotRefused(problem="signed with a stranger's key")
    play << recorded(Kind.SNAPSHOT_REFUSED)
    assert play.events[-1].detail == "signed with a stranger's key"


def test_the_link_only_marks_events() -> None:
    """Losing and regaining the centre commands nothing; events say whether it was there."""
    play = at_rest()
    play >> LinkChanged(is_up=True)
    play.done()
    granted(play)
    assert not play.events[-1].is_offline
    play >> LinkChanged(is_up=False)
    play.done()
    play >> presented(issue_visitor(2)) << recorded(Kind.ACCESS_DENIED, "GATE_BUSY")
    play.any()
    assert play.events[-1].is_offline


def test_stale_rules_refuse_what_the_owner_does_not_trust_to_them() -> None:
    """Past the expiry of the rules a visitor is refused with SNAPSHOT_TOO_OLD."""
    play = at_rest(a_gate(facts=some_facts(expires_ms=AT.wall_ms)))
    play >> presented() << ASKED_IN
    play >> KNOWN << recorded(Kind.ACCESS_DENIED, "SNAPSHOT_TOO_OLD") << shown(Signal.STOP)


def test_a_clock_before_the_rules_were_signed_is_suspect() -> None:
    """A wall time before the newest signed one marks events and counts as stale."""
    play = at_rest(a_gate(facts=some_facts(issued_ms=AT.wall_ms + 1)))
    assert play.events[-1].clock is ClockState.SUSPECT
    play >> presented() << ASKED_IN
    play >> KNOWN << recorded(Kind.ACCESS_DENIED, "SNAPSHOT_TOO_OLD") << shown(Signal.STOP)


def test_a_read_that_waited_in_the_device_is_not_acted_on() -> None:
    """A read marked as not fresh is denied with CREDENTIAL_READ_LATE."""
    play = at_rest()
    play >> presented(is_fresh=False) << ASKED_IN
    play >> KNOWN << recorded(Kind.ACCESS_DENIED, "CREDENTIAL_READ_LATE") << shown(Signal.STOP)


def test_a_reveal_once_walked_is_the_shortcut_for_the_next() -> None:
    """A sound reveal is remembered; a forged one is not."""
    gate = a_gate()
    granted(at_rest(gate))
    known = gate._reveals.get(PASS)
    assert known is not None
    assert known.step == STEP
    other = issue_visitor(3)
    forged = issue_visitor(3, anchor=bytes(16))
    play = at_rest(a_gate())
    (
        play
        >> presented(forged, STEP)
        << LookUpPass(pass_id=other.claims.pass_id, direction=Direction.ENTRY)
    )
    play >> PassLookedUp(pass_id=other.claims.pass_id, credential=a_credential(forged.claims))
    (
        play
        << recorded(Kind.ACCESS_DENIED, "PASS_FORGED")
        << shown(Signal.STOP, "Not admitted. Please see the guard")
    )
    assert play.gate._reveals.get(other.claims.pass_id) is None


def test_a_printed_pass_has_no_reveal() -> None:
    """A static pass is granted without a step."""
    printed = issue_printed(4, zones=0b100)
    play = at_rest()
    (
        play
        >> presented(printed)
        << LookUpPass(pass_id=printed.claims.pass_id, direction=Direction.ENTRY)
    )
    play >> PassLookedUp(pass_id=printed.claims.pass_id, credential=a_credential(printed.claims))
    play << recorded(Kind.ACCESS_GRANTED, is_awaited=True)
    play.any()
    assert play.events[-1].step is None


def test_while_the_door_does_not_answer_a_grant_fails_at_once() -> None:
    """Nothing is sent to a lost door: it would open for nobody when it is back."""
    play = Playbook(a_gate())
    play >> presented() << ASKED_IN
    play >> KNOWN << recorded(Kind.ACCESS_GRANTED) << recorded(Kind.RELEASE_FAILED)
    play << shown(Signal.STOP, "Gate fault. See the guard")
    play.done()
    assert play.gate.grant is None
    play >> DeviceReady(origin=origin()) << recorded(Kind.DEVICE_READY)
    play.done()


def test_fire_while_the_disk_is_asked_ends_the_question() -> None:
    """A pass looked up into a fire is shown the emergency, not decided on."""
    play = at_rest()
    play >> presented() << ASKED_IN
    play >> FireInputChanged(origin=origin(), is_active=True)
    play.any()
    play >> KNOWN << shown(Signal.EMERGENCY)
    play >> presented() << shown(Signal.EMERGENCY)
    play.done()


def test_a_device_is_lost_once_and_back_once() -> None:
    """Repeated reports of the same state are one event each; a reader moves no door."""
    play = at_rest()
    lost = DeviceLost(origin=origin(READER_IN), reason="no such port")
    play >> lost << recorded(Kind.DEVICE_LOST)
    assert play.events[-1].detail == "camera-in: no such port"
    play >> lost
    play >> DeviceReady(origin=origin(READER_IN)) << recorded(Kind.DEVICE_READY)
    play >> DeviceReady(origin=origin(READER_IN))
    play.done()
    assert play.gate.mode is DoorMode.LOCKED


def test_an_alarm_of_the_door_is_recorded_in_its_words() -> None:
    """DoorAlarm becomes an event that says on or off."""
    play = at_rest()
    play >> DoorAlarm(origin=origin(DOOR), is_active=True, detail="jump over")
    play << recorded(Kind.DOOR_ALARM)
    assert play.events[-1].detail == "on: jump over"
    play >> DoorAlarm(origin=origin(DOOR), is_active=False, detail="jump over")
    play << recorded(Kind.DOOR_ALARM)
    assert play.events[-1].detail == "off: jump over"


def test_every_decision_has_its_own_id() -> None:
    """Two decisions never share an id, so that grant, release and passage can be joined."""
    play = at_rest()
    for _ in range(2):
        play >> presented() << ASKED_IN
        play >> PassLookedUp(pass_id=PASS, credential=None)
        play.any()
        play.wait(2_000)
    ids = [c.event.decision_id for c in play.heard if isinstance(c, RecordEvent)][1:]
    assert len(set(ids)) == 2
    assert all(str(i).startswith("run-") for i in ids)


@pytest.mark.parametrize(
    ("outcome", "mode"),
    [
        (ReleaseOutcome.CONFIRMED, DoorMode.RELEASED),
        (ReleaseOutcome.ACCEPTED, DoorMode.RELEASED),
        (ReleaseOutcome.UNKNOWN, DoorMode.RELEASING),
    ],
)
def test_the_door_says_that_it_may_be_open(outcome: ReleaseOutcome, mode: DoorMode) -> None:
    """Confirmed, accepted or unknown, the passage is awaited."""
    play = granted()
    release = next(c for c in play.heard if isinstance(c, ReleaseDoor))
    play >> ReleaseAnswered(result=ReleaseResult(command_id=release.command_id, outcome=outcome))
    play.done()
    assert play.gate.mode is mode
    assert play.gate.grant is not None


def test_an_answer_to_another_release_is_not_this_one() -> None:
    """A late answer to an earlier release changes nothing."""
    play = granted()
    late = ReleaseResult(command_id=CommandId("run-0"), outcome=ReleaseOutcome.REFUSED)
    play >> ReleaseAnswered(result=late)
    play.done()
    assert play.gate.mode is DoorMode.RELEASING


def test_a_lane_out_of_order_lets_nobody_in_and_everybody_out() -> None:
    """The door reports a fault: entries are refused in words, the way out is released."""
    play = at_rest()
    play >> FaultChanged(origin=origin(), is_active=True, detail="relay sticks")
    play << recorded(Kind.OUT_OF_ORDER)
    assert play.standing == {READER_IN: Signal.STOP, READER_OUT: Signal.READY}
    play >> presented() << recorded(Kind.ACCESS_DENIED, "LANE_OUT_OF_ORDER")
    play << shown(Signal.STOP, "Gate fault. See the guard")
    play >> presented(reader=READER_OUT) << ASKED_OUT
    play >> KNOWN << recorded(Kind.ACCESS_GRANTED, is_awaited=True)
    play << released(Direction.EXIT) << shown(Signal.GO)
    play >> FaultChanged(origin=origin(), is_active=False, detail="relay sticks")
    play << recorded(Kind.BACK_IN_ORDER)


def test_a_fault_of_a_reader_is_recorded_and_stops_nobody() -> None:
    """Only the door's own word puts the lane out of order."""
    play = at_rest()
    play >> FaultChanged(origin=origin(READER_OUT), is_active=True, detail="lens covered")
    play << recorded(Kind.OUT_OF_ORDER)
    assert play.events[-1].detail == "camera-out: lens covered"
    granted(play)


def test_readers_go_back_to_what_stands() -> None:
    """After its time an answer gives way; go ends with its grant; a reader back is told anew."""
    play = at_rest()
    assert play.standing == {READER_IN: Signal.READY, READER_OUT: Signal.READY}
    granted(play)
    assert play.standing[READER_OUT] is Signal.WAIT
    play.wait(3_000).done()
    assert play.standing[READER_IN] is Signal.GO
    play >> PassageSensed(origin=origin(), direction=Direction.ENTRY)
    play << recorded(Kind.ACCESS_TAKEN)
    assert play.standing == {READER_IN: Signal.READY, READER_OUT: Signal.READY}
    play.standing.clear()
    play >> DeviceReady(origin=origin(READER_IN)) << recorded(Kind.DEVICE_READY)
    assert play.standing == {READER_IN: Signal.READY}
