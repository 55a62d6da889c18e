"""What a gate asks for beside commands to its door."""

from access_core.model.access_event import AccessEvent, AccessEventKind
from edge_agent.gate.commands import RecordEvent


def test_a_record_is_not_awaited_unless_said() -> None:
    """Only a grant waits for the disk; the default keeps nobody waiting."""
    event = AccessEvent(kind=AccessEventKind.DOOR_FORCED, wall_ms=1, mono_ns=1, boot="b")
    assert not RecordEvent(event=event).is_awaited
