"""The lane: what became of a grant, and fire."""

from dataclasses import replace

import pytest

from access_core.devices.commands import ReleaseDoor, ReleaseOutcome, ReleaseResult, Signal
from access_core.devices.events import (
    DeviceLost,
    DeviceReady,
    Direction,
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
from tests.playbook import Playbook, freed, recorded, released, secured, shown

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
READY, LOST = DeviceReady(origin=origin()), DeviceLost(origin=origin(), reason="cable")


def granted(gate: GateMachine | None = None, way: Direction = IN) -> Playbook:
    """The visitor's pass is granted; the release has gone out."""
    play = Playbook(gate or a_gate())
    pass_id = VISITOR.claims.pass_id
    play >> READY << recorded(Kind.DEVICE_READY)
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
    assert play.gate.next_deadline() is None


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
    """In a locked lane, or against the granted direction, a passage is an alarm."""
    play = Playbook(a_gate())
    play >> READY << recorded(Kind.DEVICE_READY)
    play >> STARTED
    play >> REVERSED
    play >> SENSED << recorded(Kind.DOOR_FORCED)
    play = waiting()
    play >> SENSED_OUT << recorded(Kind.DOOR_FORCED)
    play.done()
    assert play.events[-1].direction is OUT
    assert play.events[-1].decision_id is None
    assert play.gate.mode is DoorMode.RELEASED


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
    assert play.gate.next_deadline() is None


def test_an_entry_that_cannot_be_recorded_opens_where_the_owner_says_so() -> None:
    """With open-and-flag the release goes out all the same, with a new deadline."""
    timings = LaneTimings(opens_unrecorded_entry=True)
    play = granted(a_gate(a_setup(timings=timings)))
    play.wait(300)
    play >> RecordFailed(decision_id=decision_of(play)) << released() << shown(Signal.GO)
    play.done()
    assert play.gate.next_deadline() == play.now.plus_ms(8_000)


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
    play >> RESET << recorded(Kind.FIRE_RESET) << secured() << shown(Signal.READY)
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
    play >> RESET << recorded(Kind.FIRE_RESET) << secured() << shown(Signal.READY)


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
    assert play.gate.next_deadline() == play.now.plus_ms(5_000)
    release = next(c for c in play.heard if isinstance(c, ReleaseDoor))
    assert release.deadline == play.now.plus_ms(700)
