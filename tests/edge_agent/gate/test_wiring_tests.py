"""A technician's wiring test at the gate."""

import pytest

from access_core.devices.commands import PulseOutput
from access_core.ids import CommandId
from access_core.model.access_event import AccessEventKind as Kind
from edge_agent.gate.commands import GateCommand, RecordEvent, RefuseTest, TryOutput
from edge_agent.gate.door_table import DoorMode
from edge_agent.gate.events import OutputTestAsked
from edge_agent.gate.stamp import Stamp
from edge_agent.gate.wiring_tests import WiringTests
from tests.builders import DOOR, a_setup
from tests.facts import AT

TEST = CommandId("test-1")


def _tests() -> WiringTests:
    setup = a_setup()
    return WiringTests(Stamp(gate_id=setup.gate_id, boot=setup.boot, run=setup.run))


def _asked(
    tests: WiringTests,
    mode: DoorMode = DoorMode.LOCKED,
    *,
    is_in_use: bool = False,
    late_ms: int = 0,
) -> list[GateCommand]:
    pulse = PulseOutput(
        command_id=TEST, output="lamp", deadline=AT, reason="wiring", issued_by="technician"
    )
    event = OutputTestAsked(device=DOOR, command=pulse)
    return tests.asked(event, mode, AT.plus_ms(late_ms), is_in_use=is_in_use)


def test_it_is_on_disk_before_the_output_switches() -> None:
    """The record is awaited and says which output, who and why; the pulse comes after it."""
    record, attempt = _asked(_tests())
    assert isinstance(record, RecordEvent)
    assert record.is_awaited
    assert record.event.kind is Kind.OUTPUT_TESTED
    assert record.event.detail == f"{DOOR} lamp, by technician: wiring"
    assert isinstance(attempt, TryOutput)
    assert attempt.command.command_id == TEST


@pytest.mark.parametrize(
    ("mode", "is_in_use", "late_ms", "why"),
    [
        (DoorMode.LOCKED, True, 0, "somebody is at the lane"),
        (DoorMode.FREE, False, 0, "fire"),
        (DoorMode.LOCKED, False, 1, "deadline"),
    ],
)
def test_it_waits_for_nobody_to_be_there(
    mode: DoorMode, *, is_in_use: bool, late_ms: int, why: str
) -> None:
    """With somebody at the lane, in a fire, or too late: refused in words, nothing recorded."""
    (refused,) = _asked(_tests(), mode, is_in_use=is_in_use, late_ms=late_ms)
    assert isinstance(refused, RefuseTest)
    assert why in refused.why


def test_without_a_record_there_is_no_test() -> None:
    """If the disk does not take it, the technician is told so, once."""
    tests = _tests()
    _asked(tests)
    assert tests.record_failed(CommandId("run-7")) == []
    (refused,) = tests.record_failed(TEST)
    assert isinstance(refused, RefuseTest)
    assert tests.record_failed(TEST) == []
