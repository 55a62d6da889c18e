"""The lane: what became of a grant, and fire."""

from dataclasses import replace

import pytest

from access_core.devices.commands import ReleaseDoor, ReleaseOutcome, ReleaseResult, Signal
from access_core.devices.events import (
    DeviceLost,
    DeviceReady,
    Direction,
    DoorContactChanged,
    FaultChanged,
    FireInputChanged,
    PassageReversed,
    PassageSensed,
    PassageStarted,
    ResetPressed,
)
from access_core.ids import CommandId
from access_core.model.access_event import AccessEventKind as Kind
from edge_agent.gate.commands import LookUpPass, WithdrawRecord
from edge_agent.gate.door_table import DoorMode
from edge_agent.gate.events import DeadlineReached, PassLookedUp, RecordFailed, ReleaseAnswered
from edge_agent.gate.lane import LaneTimings
from edge_agent.gate.machine import GateMachine
from tests.builders import READER_IN, READER_OUT, a_gate, a_setup, origin, presented
from tests.facts import VISITOR, a_credential
from tests.issuer import issue_visitor
from tests.playbook import Playbook, at_rest, freed, recorded, released, secured, shown

IN, OUT = Direction.ENTRY, Direction.EXIT
STARTED, SENSED = (
    PassageStarted(origin=origin(), direction=IN),
    PassageSensed(origin=origin(), direction=IN),
)
SENSED_OUT = PassageSensed(origin=origin(), direction=OUT)
REVERSED = PassageReversed(origin=origin(), direction=IN)
FIRE = FireInputChanged(origin=origin(), is_active=True)
FIRE_BACK = FireInputChanged(origin=origin(), is_active=False)
RESET = ResetPressed(origin=origin())
OPENED = DoorContactChanged(origin=origin(), is_open=True)
CLOSED = DoorContactChanged(origin=origin(), is_open=False)
FAULT = FaultChanged(origin=origin(), is_active=True, detail="sensor stuck")
FAULT_OVER = FaultChanged(origin=origin(), is_active=False, detail="sensor stuck")
READY, LOST = DeviceReady(origin=origin()), DeviceLost(origin=origin(), reason="cable")


def granted(gate: GateMachine | None = None, way: Direction = IN) -> Playbook:
    """The visitor's pass is granted; the release has gone out."""
    play = at_rest(gate)
    pass_id = VISITOR.claims.pass_id
    play >> presented(reader=READER_IN if way is IN else READER_OUT)
    play << LookUpPass(pass_id=pass_id, direction=way)
    play >> PassLookedUp(pass_id=pass_id, credential=a_credential())
    play << recorded(Kind.ACCESS_GRANTED, is_awaited=True) << released(way) << shown(Signal.GO)
    return play


def decision_of(play: Playbook) -> CommandId:
    """The id of the release that went out."""
    return next(c for c in play.heard if isinstance(c, ReleaseDoor)).command_id


def answered(play: Playbook, outcome: ReleaseOutcome) -> ReleaseAnswered:
    """The door's answer to that release."""
    result = ReleaseResult(command_id=decision_of(play), outcome=outcome, detail="why")
    return ReleaseAnswered(result=result)


def waiting(way: Direction = IN) -> Playbook:
    """Granted and confirmed: the lane waits for the person."""
    play = granted(way=way)
    play >> answered(play, ReleaseOutcome.CONFIRMED)
    return play


def test_a_passage_is_access_taken() -> None:
    """The person goes through: recorded with the decision's id, and the lane is locked."""
    play = waiting()
    play >> STARTED
    play >> SENSED << recorded(Kind.ACCESS_TAKEN)
    play.done()
    assert play.events[-1].decision_id == decision_of(play)
    assert play.gate.mode is DoorMode.LOCKED
    assert play.gate.grant is None
    assert play.standing[READER_IN] is Signal.READY


def test_a_passage_before_the_doors_answer_counts() -> None:
    """The sensor may be quicker than the answer; the answer then says nothing new."""
    play = granted()
    play >> SENSED << recorded(Kind.ACCESS_TAKEN)
    play >> answered(play, ReleaseOutcome.CONFIRMED)
    play.done()
    assert play.gate.mode is DoorMode.LOCKED


def test_no_passage_gives_the_entry_back() -> None:
    """At the deadline the lane is locked and the access not taken."""
    play = waiting()
    play.wait(7_999).done()
    play.wait(1) << recorded(Kind.ACCESS_NOT_TAKEN) << secured()
    play.done()
    assert play.gate.mode is DoorMode.LOCKED


def test_a_deadline_that_was_moved_is_not_reached() -> None:
    """A timer that fires early changes nothing."""
    play = waiting()
    play >> DeadlineReached()
    play.done()
    assert play.gate.mode is DoorMode.RELEASED


def test_nobody_is_locked_in_while_going_through() -> None:
    """A passage that began has its own time; if it never ends, its outcome is unknown."""
    play = waiting()
    play.wait(7_000)
    play >> STARTED
    play.wait(14_999).done()
    play.wait(1) << recorded(Kind.ACCESS_OUTCOME_UNKNOWN) << secured()
    play.done()


def test_stepping_back_gives_the_entry_back() -> None:
    """Begun and reversed: recorded, secured, and the grant is over."""
    play = waiting()
    play >> STARTED
    play >> REVERSED << recorded(Kind.ACCESS_REVERSED) << secured()
    play >> SENSED << recorded(Kind.DOOR_FORCED)
    play.done()


def test_a_passage_without_a_grant_is_forced() -> None:
    """In a locked lane a passage is an alarm, and stays one if it is repeated."""
    play = at_rest()
    play >> STARTED
    play >> REVERSED
    play >> SENSED << recorded(Kind.DOOR_FORCED)
    play >> SENSED << recorded(Kind.DOOR_FORCED)
    play >> SENSED_OUT << recorded(Kind.DOOR_FORCED)
    play.done()


def test_a_passage_against_the_grant_is_the_wrong_way() -> None:
    """The other direction than the open grant's: recorded, and the grant goes on waiting."""
    play = waiting()
    play >> SENSED_OUT << recorded(Kind.WRONG_DIRECTION)
    play.done()
    assert play.events[-1].direction is OUT
    assert play.events[-1].decision_id is None
    assert play.gate.mode is DoorMode.RELEASED
    play >> SENSED << recorded(Kind.ACCESS_TAKEN)
    play.wait(3_000)
    play >> SENSED_OUT << recorded(Kind.WRONG_DIRECTION)
    play.wait(1)
    play >> SENSED_OUT << recorded(Kind.DOOR_FORCED)


def test_a_second_person_on_one_grant_is_tailgating() -> None:
    """Close behind and the same way: joined by the decision; later it is forced."""
    play = waiting()
    play >> SENSED << recorded(Kind.ACCESS_TAKEN)
    play.wait(3_000)
    play >> SENSED << recorded(Kind.TAILGATING)
    assert play.events[-1].decision_id == decision_of(play)
    assert play.events[-1].pass_id is None, "the pass was not the second person's"
    play.wait(3_000)
    play >> SENSED << recorded(Kind.TAILGATING)
    play.wait(3_001)
    play >> SENSED << recorded(Kind.DOOR_FORCED)
    play.done()


def test_a_second_person_with_a_grant_does_not_tailgate() -> None:
    """However close behind, whoever was granted is let in."""
    play = waiting()
    play >> SENSED << recorded(Kind.ACCESS_TAKEN)
    (
        play
        >> presented(issue_visitor(2))
        << LookUpPass(pass_id=issue_visitor(2).claims.pass_id, direction=IN)
    )
    play >> PassLookedUp(
        pass_id=issue_visitor(2).claims.pass_id, credential=a_credential(issue_visitor(2).claims)
    )
    play << recorded(Kind.ACCESS_GRANTED, is_awaited=True) << released() << shown(Signal.GO)
    play >> SENSED << recorded(Kind.ACCESS_TAKEN)
    play.done()


def test_a_door_opened_without_a_grant_is_forced() -> None:
    """The contact alone shows it; during a grant, and just after a passage, it is no alarm."""
    play = at_rest()
    play >> OPENED << recorded(Kind.DOOR_FORCED)
    assert play.events[-1].detail == "opened without a grant"
    play >> CLOSED
    play = waiting()
    play >> OPENED
    play >> SENSED << recorded(Kind.ACCESS_TAKEN)
    play >> CLOSED
    play.wait(3_000)
    play >> OPENED
    play >> CLOSED
    play.wait(1)
    play >> OPENED << recorded(Kind.DOOR_FORCED)
    play.done()


def test_where_nothing_senses_passages_the_contact_does() -> None:
    """With `passage_shown_by = "contact"` opening during a grant is the passage."""
    timings = LaneTimings(is_passage_by_contact=True)
    play = granted(a_gate(a_setup(timings=timings)))
    play >> OPENED << recorded(Kind.ACCESS_TAKEN)
    play >> CLOSED
    play.done()
    assert play.gate.mode is DoorMode.LOCKED


def test_a_lane_that_stands_open_warns_and_then_alarms() -> None:
    """At the first limit the people are asked to move on, at the second security hears of it."""
    play = waiting()
    play >> STARTED
    play >> SENSED << recorded(Kind.ACCESS_TAKEN)
    play >> OPENED
    play.wait(9_999).done()
    assert play.standing[READER_IN] is Signal.READY
    play.wait(1).done()
    assert play.standing == {READER_IN: Signal.WAIT, READER_OUT: Signal.WAIT}
    play.wait(9_999).done()
    play.wait(1) << recorded(Kind.DOOR_HELD_OPEN)
    play.wait(60_000).done()
    play >> CLOSED << recorded(Kind.DOOR_CLOSED_AGAIN)
    play.done()
    assert play.standing[READER_IN] is Signal.READY


def test_a_passage_that_never_ends_holds_the_lane_open() -> None:
    """Somebody standing in the lane counts as an open door, with or without a grant."""
    play = at_rest()
    play >> STARTED
    play.wait(20_000) << recorded(Kind.DOOR_HELD_OPEN)
    play >> REVERSED << recorded(Kind.DOOR_CLOSED_AGAIN)
    play >> STARTED
    play.wait(19_999).done()
    play >> REVERSED
    play.done()


def test_a_queue_of_granted_people_holds_nothing_open() -> None:
    """Each grant and each granted passage begins the time anew."""
    play = at_rest()
    for seed in (1, 2, 3):
        issued = issue_visitor(seed)
        play >> presented(issued) << LookUpPass(pass_id=issued.claims.pass_id, direction=IN)
        play >> PassLookedUp(pass_id=issued.claims.pass_id, credential=a_credential(issued.claims))
        play << recorded(Kind.ACCESS_GRANTED, is_awaited=True) << released() << shown(Signal.GO)
        play >> OPENED
        play.wait(7_000)
        play >> SENSED << recorded(Kind.ACCESS_TAKEN)
        play.wait(7_000).done()


def test_a_fire_and_a_lost_line_are_no_reason_to_alarm() -> None:
    """An open door is right in a fire and unknown without a line; the time counts from after."""
    play = at_rest()
    play >> OPENED << recorded(Kind.DOOR_FORCED)
    play >> FIRE
    play.any()
    play.wait(60_000).done()
    play >> FIRE_BACK << recorded(Kind.FIRE_CLEARED)
    play >> RESET << recorded(Kind.FIRE_RESET) << secured()
    play >> LOST << recorded(Kind.DEVICE_LOST)
    play.wait(60_000).done()
    play >> READY << recorded(Kind.DEVICE_READY)
    play.wait(19_999).done()
    play.wait(1) << recorded(Kind.DOOR_HELD_OPEN)


def test_a_lane_out_of_order_goes_on_with_what_was_decided() -> None:
    """A grant keeps its outcome through a fault; when it is over the passage is awaited still."""
    play = waiting()
    play >> FAULT << recorded(Kind.OUT_OF_ORDER)
    assert play.events[-1].detail == "turnstile: sensor stuck"
    play >> FAULT
    play >> FAULT_OVER << recorded(Kind.BACK_IN_ORDER)
    assert play.gate.mode.value == DoorMode.IN_PASSAGE
    play >> FAULT << recorded(Kind.OUT_OF_ORDER)
    play >> SENSED << recorded(Kind.ACCESS_TAKEN)
    play >> FAULT_OVER << recorded(Kind.BACK_IN_ORDER)
    assert play.gate.mode.value == DoorMode.LOCKED
    play = waiting()
    play >> FAULT << recorded(Kind.OUT_OF_ORDER)
    play.wait(8_000) << recorded(Kind.ACCESS_OUTCOME_UNKNOWN) << secured()


def test_a_fault_outlasts_a_lost_line_and_a_fire() -> None:
    """What the door has not taken back holds: the lane comes back out of order."""
    play = at_rest()
    play >> FAULT << recorded(Kind.OUT_OF_ORDER)
    play >> LOST << recorded(Kind.DEVICE_LOST)
    play >> READY << recorded(Kind.DEVICE_READY)
    assert play.gate.mode is DoorMode.OUT_OF_ORDER
    play >> FIRE
    play.any()
    play >> FIRE_BACK
    play.any()
    play >> RESET << recorded(Kind.FIRE_RESET) << secured()
    assert play.gate.mode is DoorMode.OUT_OF_ORDER


def test_an_uncertain_release_without_a_passage_is_an_unknown_outcome() -> None:
    """The line died between command and answer: the entry counts, and the reason is kept."""
    play = granted()
    play >> answered(play, ReleaseOutcome.UNKNOWN)
    play.wait(8_000) << recorded(Kind.ACCESS_OUTCOME_UNKNOWN) << secured()
    assert play.events[-1].detail == "unknown: why"


@pytest.mark.parametrize("outcome", [ReleaseOutcome.REFUSED, ReleaseOutcome.EXPIRED])
def test_a_release_that_fails_spends_nothing(outcome: ReleaseOutcome) -> None:
    """The door refused or was not told in time: recorded, shown, and the grant is over."""
    play = granted()
    play >> answered(play, outcome)
    play << recorded(Kind.RELEASE_FAILED) << shown(Signal.STOP, "Gate fault. See the guard")
    play.done()
    assert play.events[-1].detail == f"{outcome}: why"
    assert play.gate.mode is DoorMode.LOCKED
    assert play.gate.grant is None


def test_a_door_that_never_answers_leaves_the_outcome_unknown() -> None:
    """Neither answer nor passage: the lane is secured and the entry counts as used."""
    play = granted()
    play.wait(8_000) << recorded(Kind.ACCESS_OUTCOME_UNKNOWN) << secured()


def test_an_entry_that_cannot_be_recorded_is_refused() -> None:
    """By default: the record is withdrawn, the denial recorded and shown, nothing opened."""
    play = granted()
    play >> RecordFailed(decision_id=decision_of(play))
    play << WithdrawRecord(decision_id=decision_of(play))
    play << recorded(Kind.ACCESS_DENIED, "RECORD_NOT_DURABLE")
    play << shown(Signal.STOP, "Gate fault. See the guard")
    play.done()
    assert play.gate.mode is DoorMode.LOCKED
    assert play.gate.grant is None


def test_an_entry_that_cannot_be_recorded_opens_where_the_owner_says_so() -> None:
    """With open-and-flag the release goes out all the same, with a new deadline."""
    timings = LaneTimings(opens_unrecorded_entry=True)
    play = granted(a_gate(a_setup(timings=timings)))
    play.wait(300)
    play >> RecordFailed(decision_id=decision_of(play)) << released() << shown(Signal.GO)
    play.done()
    assert play.gate.grant is not None
    assert play.gate.grant.deadline == play.now.plus_ms(8_000)


def test_the_way_out_never_waits_for_a_disk() -> None:
    """An exit opens even if its record fails, whatever the policy for entries."""
    play = granted(way=OUT)
    play >> RecordFailed(decision_id=decision_of(play)) << released(OUT) << shown(Signal.GO)


def test_a_record_of_another_decision_is_not_this_one() -> None:
    """RecordFailed for a decision that is over changes nothing."""
    play = granted()
    play >> RecordFailed(decision_id=CommandId("other"))
    play.done()
    assert play.gate.mode is DoorMode.RELEASING


def test_fire_frees_first_and_records_then() -> None:
    """Free, show, record: in an emergency nobody waits for a disk."""
    play = Playbook(a_gate())
    play >> READY << recorded(Kind.DEVICE_READY)
    play >> FIRE << freed() << shown(Signal.EMERGENCY) << recorded(Kind.FIRE_ACTIVATED)
    play >> FIRE
    play >> SENSED << recorded(Kind.FREE_PASSAGE)
    play >> SENSED_OUT << recorded(Kind.FREE_PASSAGE)
    play.done()


def test_the_lane_stays_free_until_a_person_resets_it() -> None:
    """Contact back is recorded only; the key does nothing before that, and locks after it."""
    play = Playbook(a_gate())
    play >> READY << recorded(Kind.DEVICE_READY)
    play >> RESET
    play >> FIRE
    play.any()
    play >> RESET << shown(Signal.EMERGENCY, "Fire contact is still active: no reset")
    play >> FIRE_BACK << recorded(Kind.FIRE_CLEARED)
    play >> SENSED << recorded(Kind.FREE_PASSAGE)
    play >> RESET << recorded(Kind.FIRE_RESET) << secured()
    play.done()
    assert play.gate.mode is DoorMode.LOCKED


def test_a_grant_cut_short_by_fire_still_gets_its_outcome() -> None:
    """The next passage in its direction is the person; without one, access was not taken."""
    play = waiting()
    play >> FIRE << freed() << shown(Signal.EMERGENCY) << recorded(Kind.FIRE_ACTIVATED)
    play >> SENSED_OUT << recorded(Kind.FREE_PASSAGE)
    play >> SENSED << recorded(Kind.ACCESS_TAKEN)
    play >> SENSED << recorded(Kind.FREE_PASSAGE)
    play = waiting()
    play >> FIRE
    play.any()
    play.wait(8_000) << recorded(Kind.ACCESS_NOT_TAKEN)
    play.done()


def test_fire_that_comes_with_the_contact_still_active_again_is_recorded_again() -> None:
    """Back and active once more before the reset: each change is an event."""
    play = Playbook(a_gate())
    play >> FIRE
    play.any()
    play >> FIRE_BACK << recorded(Kind.FIRE_CLEARED)
    play >> FIRE << freed() << shown(Signal.EMERGENCY) << recorded(Kind.FIRE_ACTIVATED)


def test_a_fire_that_was_not_reset_outlasts_a_restart() -> None:
    """A gate started with an unreset fire is free, and frees the door again when it answers."""
    play = Playbook(a_gate(a_setup(is_free_at_start=True)))
    play >> READY << freed() << recorded(Kind.DEVICE_READY)
    play >> LOST << recorded(Kind.DEVICE_LOST)
    assert play.gate.mode is DoorMode.FREE
    play >> RESET << recorded(Kind.FIRE_RESET) << secured()


def test_a_lost_door_leaves_the_outcome_open_and_opens_nothing_when_back() -> None:
    """A passage counted meanwhile is taken; without one the outcome is unknown."""
    play = waiting()
    play >> LOST << recorded(Kind.DEVICE_LOST)
    assert play.gate.mode is DoorMode.UNKNOWN
    play >> READY << recorded(Kind.DEVICE_READY)
    play >> SENSED << recorded(Kind.ACCESS_TAKEN)
    play.done()
    play = waiting()
    play >> LOST << recorded(Kind.DEVICE_LOST)
    play.wait(8_000) << recorded(Kind.ACCESS_OUTCOME_UNKNOWN)
    play >> READY << recorded(Kind.DEVICE_READY)
    play.done()
    assert play.gate.mode is DoorMode.LOCKED


def test_timings_come_from_the_settings() -> None:
    """Deadline of the passage and of the release are the lane's own."""
    timings = replace(LaneTimings(), wait_for_passage_ms=5_000, release_within_ms=700)
    play = granted(a_gate(a_setup(timings=timings)))
    assert play.gate.grant is not None
    assert play.gate.grant.deadline == play.now.plus_ms(5_000)
    release = next(c for c in play.heard if isinstance(c, ReleaseDoor))
    assert release.deadline == play.now.plus_ms(700)
