"""Commands refuse senseless values where they are built."""

import pytest

from access_core.clock import Instant
from access_core.devices.commands import (
    MAX_DISPLAY_TEXT,
    FreeDoor,
    PulseOutput,
    ReleaseDoor,
    SecureDoor,
    ShowFeedback,
    Signal,
)
from access_core.devices.events import Direction
from access_core.errors import ProgramError
from access_core.ids import CommandId


def release(
    command_id: str = "c1", reason: str = "granted", issued_by: str = "gate"
) -> ReleaseDoor:
    """A release with these words."""
    return ReleaseDoor(
        command_id=CommandId(command_id),
        direction=Direction.ENTRY,
        deadline=Instant(1, 1),
        reason=reason,
        issued_by=issued_by,
    )


def test_a_release_says_what_why_and_who() -> None:
    """All three are kept."""
    command = release()
    assert (command.command_id, command.reason, command.issued_by) == ("c1", "granted", "gate")


@pytest.mark.parametrize(
    "missing", [{"command_id": ""}, {"reason": ""}, {"issued_by": ""}], ids=str
)
def test_a_release_nobody_could_trace_is_refused(missing: dict[str, str]) -> None:
    """No door opens without a number, a reason and a name."""
    with pytest.raises(ProgramError, match="id, a reason and an issuer"):
        release(**missing)


def test_neither_locking_nor_freeing_nor_a_wiring_test_is_anonymous() -> None:
    """Each command that moves hardware says who gave it; a fire and a lock do not expire."""
    command_id, at = CommandId("c1"), Instant(1, 1)
    secure = SecureDoor(command_id=command_id, reason="reset", issued_by="gate")
    free = FreeDoor(command_id=command_id, reason="fire", issued_by="gate")
    assert (secure.deadline, free.deadline) == (None, None)
    with pytest.raises(ProgramError, match="securing needs"):
        SecureDoor(command_id=command_id, reason="reset", issued_by="")
    with pytest.raises(ProgramError, match="freeing needs"):
        FreeDoor(command_id=command_id, reason="", issued_by="gate")
    with pytest.raises(ProgramError, match="wiring test needs"):
        PulseOutput(command_id=command_id, output="o", deadline=at, reason="r", issued_by="")


def feedback(text_zh: str = "请进", text_en: str = "Please enter") -> ShowFeedback:
    """Feedback with these texts."""
    return ShowFeedback(
        signal=Signal.GO, direction=Direction.ENTRY, text_zh=text_zh, text_en=text_en
    )


@pytest.mark.parametrize("field", ["text_zh", "text_en"])
def test_a_text_no_display_could_hold_is_refused(field: str) -> None:
    """64 characters fit, 65 do not."""
    assert feedback(**{field: "x" * MAX_DISPLAY_TEXT}).show_ms == 3000
    with pytest.raises(ProgramError, match="longer than 64"):
        feedback(**{field: "x" * (MAX_DISPLAY_TEXT + 1)})
