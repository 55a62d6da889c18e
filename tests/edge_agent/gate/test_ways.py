"""The ways in and out, and the exit button."""

from access_core.devices.commands import Signal
from access_core.devices.events import Direction, ExitRequested, PassageSensed
from access_core.ids import GateId
from access_core.model.access_event import AccessEventKind as Kind
from edge_agent.gate.events import RecordFailed
from edge_agent.gate.lane import LaneTimings
from edge_agent.gate.machine import GateMachine
from edge_agent.gate.stamp import Stamp
from edge_agent.gate.ways import Ways
from tests.builders import READER_IN, READER_OUT, a_gate, a_setup, origin, some_facts
from tests.playbook import Playbook, at_rest, granted, recorded, released, shown


def test_the_rules_say_which_way_a_reader_guards() -> None:
    """Without rules every reader counts as a way in, and there is no way out to show it at."""
    setup, stamp = a_setup(), Stamp(gate_id=GateId("north-1"), boot="b", run="r")
    ways = Ways(setup.readers, stamp)
    assert ways.direction_of(READER_OUT) is Direction.ENTRY
    assert ways.way_out() == (None, None)
    stamp.facts = some_facts()
    assert ways.direction_of(READER_IN) is Direction.ENTRY
    assert ways.way_out() == (READER_OUT, "north-1-out")


def with_button() -> Playbook:
    """A gate whose exit button releases."""
    return at_rest(a_gate(a_setup(timings=LaneTimings(has_exit_button=True))))


def test_the_exit_button_is_a_decision_of_its_own() -> None:
    """Recorded first, released outwards, and the passage carries the same decision."""
    play = with_button()
    play >> ExitRequested(origin=origin())
    play << recorded(Kind.EXIT_REQUESTED, is_awaited=True) << released(Direction.EXIT)
    play << shown(Signal.GO)
    asked = play.events[-1]
    assert (asked.access_point_id, asked.pass_id) == ("north-1-out", None)
    play >> PassageSensed(origin=origin(), direction=Direction.EXIT)
    play << recorded(Kind.ACCESS_TAKEN)
    assert play.events[-1].decision_id == asked.decision_id
    play >> ExitRequested(origin=origin())
    play.any()
    play.wait(8_000)
    assert play.events[-1].kind is Kind.ACCESS_OUTCOME_UNKNOWN


def test_the_exit_button_waits_for_no_disk() -> None:
    """Not on disk in time, it opens all the same."""
    play = with_button()
    play >> ExitRequested(origin=origin())
    play.any()
    decision = play.events[-1].decision_id
    assert decision is not None
    play >> RecordFailed(decision_id=decision) << released(Direction.EXIT) << shown(Signal.GO)


def test_the_exit_button_waits_for_the_person_before() -> None:
    """While somebody is let through it is answered with wait, and nothing is recorded."""
    play = granted(with_button())
    play >> ExitRequested(origin=origin()) << shown(Signal.WAIT, "One moment please")
    play.done()


def test_the_exit_button_never_lets_anybody_in() -> None:
    """A button wired to the way in does nothing, nor does any where the owner has none."""
    play = with_button()
    play >> ExitRequested(origin=origin(), direction=Direction.ENTRY)
    play.done()
    play = at_rest()
    play >> ExitRequested(origin=origin())
    play.done()


def test_the_exit_button_works_without_rules_and_fails_at_a_lost_door() -> None:
    """No rules bar the way out; a door that does not answer is said to have failed."""
    setup = a_setup(timings=LaneTimings(has_exit_button=True))
    play = at_rest(GateMachine(setup))
    play >> ExitRequested(origin=origin()) << recorded(Kind.EXIT_REQUESTED, is_awaited=True)
    play << released(Direction.EXIT)
    play = Playbook(a_gate(setup))
    play >> ExitRequested(origin=origin())
    play << recorded(Kind.EXIT_REQUESTED) << recorded(Kind.RELEASE_FAILED) << shown(Signal.STOP)
