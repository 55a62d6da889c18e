"""Commands refuse senseless values where they are built."""

import pytest

from access_core.clock import Instant
from access_core.devices.commands import MAX_DISPLAY_TEXT, ReleaseDoor, ShowFeedback, Signal
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
