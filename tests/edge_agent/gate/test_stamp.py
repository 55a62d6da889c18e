"""Access events with everything that is the same for all of one gate."""

from access_core.ids import GateId
from access_core.model.access_event import AccessEventKind as Kind
from access_core.model.access_event import ClockState
from edge_agent.gate.stamp import MAX_DETAIL, Stamp
from tests.builders import some_facts
from tests.facts import AT


def a_stamp() -> Stamp:
    """Of the gate north-1, without rules."""
    return Stamp(gate_id=GateId("north-1"), boot="boot-1", run="run")


def test_an_event_carries_gate_boot_and_both_clocks() -> None:
    """What the centre needs to place an event stands on each."""
    event = a_stamp().event(Kind.DOOR_FORCED, AT)
    assert (event.gate_id, event.boot) == ("north-1", "boot-1")
    assert (event.wall_ms, event.mono_ns) == (AT.wall_ms, AT.mono_ns)
    assert (event.revision, event.is_offline) == (0, True)
    assert event.clock is ClockState.SYNCHRONISED


def test_an_event_carries_the_revision_in_force() -> None:
    """The rules held at that moment are named by their revision."""
    stamp = a_stamp()
    stamp.facts = some_facts(revision=12)
    assert stamp.event(Kind.DOOR_FORCED, AT).revision == 12


def test_detail_is_cut() -> None:
    """A detail longer than its limit is cut, not refused."""
    record = a_stamp().record(Kind.DEVICE_LOST, AT, detail="x" * 500)
    assert len(record.event.detail) == MAX_DETAIL


def test_ids_never_repeat() -> None:
    """Each id of a run is given once."""
    stamp = a_stamp()
    assert [stamp.next_id() for _ in range(3)] == ["run-1", "run-2", "run-3"]
