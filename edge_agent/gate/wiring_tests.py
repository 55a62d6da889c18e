"""A technician's wiring test: an output switched on purpose, recorded before it switches.

It is done only while nobody is at the lane: an output may be the one that opens it.
"""

from access_core.clock import Instant
from access_core.ids import CommandId
from access_core.model.access_event import AccessEventKind as Kind
from edge_agent.gate.commands import GateCommand, RecordEvent, RefuseTest, TryOutput
from edge_agent.gate.door_table import DoorMode
from edge_agent.gate.events import OutputTestAsked
from edge_agent.gate.stamp import Stamp, Subject


class WiringTests:
    """The tests of one gate."""

    def __init__(self, stamp: Stamp) -> None:
        """None has been asked for."""
        self._stamp = stamp
        self._asked: CommandId | None = None

    def asked(
        self, event: OutputTestAsked, mode: DoorMode, now: Instant, *, is_in_use: bool
    ) -> list[GateCommand]:
        """Record and try, or refuse in words."""
        command = event.command
        why = ""
        if is_in_use:
            why = "somebody is at the lane; wait until it is at rest"
        elif mode is DoorMode.FREE:
            why = "the lane is free because of a fire; reset it first"
        elif now.mono_ns > command.deadline.mono_ns:
            why = "it came after its deadline"
        if why:
            return [RefuseTest(command_id=command.command_id, why=why)]
        self._asked = command.command_id
        tested = self._stamp.event(
            Kind.OUTPUT_TESTED,
            now,
            Subject(decision_id=command.command_id),
            detail=f"{event.device} {command.output}, by {command.issued_by}: {command.reason}",
        )
        return [
            RecordEvent(event=tested, is_awaited=True),
            TryOutput(device=event.device, command=command),
        ]

    def record_failed(self, decision_id: CommandId) -> list[GateCommand]:
        """The record of the last test is not on disk: it is not done. Empty if that is no test."""
        if decision_id != self._asked:
            return []
        self._asked = None
        return [RefuseTest(command_id=decision_id, why="it could not be recorded; check the disk")]
