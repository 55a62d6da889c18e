"""Covered, the wrong way, tailgating or forced."""

from access_core.devices.events import Direction
from access_core.ids import CommandId
from edge_agent.gate.door_table import Happening
from edge_agent.gate.passages import Passages
from tests.facts import AT

FOLLOWING_MS = 1_000
ENTRY, EXIT = Direction.ENTRY, Direction.EXIT
DECISION = CommandId("run-1")


def _after_a_granted_entry() -> Passages:
    passages = Passages(FOLLOWING_MS)
    passages.covered(ENTRY, DECISION, AT)
    return passages


def test_without_any_grant_the_door_was_forced() -> None:
    """Nobody was let through lately: it is neither the wrong way nor tailgating."""
    assert Passages(FOLLOWING_MS).uncovered(ENTRY, None, AT) is Happening.PASSAGE_UNGRANTED


def test_close_behind_the_same_way_is_tailgating_and_so_is_the_third() -> None:
    """Each of a row follows the one before it, and all belong to the one decision."""
    passages = _after_a_granted_entry()
    second, third = AT.plus_ms(FOLLOWING_MS), AT.plus_ms(2 * FOLLOWING_MS)
    assert passages.uncovered(ENTRY, None, second) is Happening.PASSAGE_FOLLOWING
    assert passages.uncovered(ENTRY, None, third) is Happening.PASSAGE_FOLLOWING
    assert passages.followed == DECISION


def test_the_other_way_through_an_open_lane_is_the_wrong_way() -> None:
    """Just after a granted passage, or against the direction of the open grant."""
    soon = AT.plus_ms(FOLLOWING_MS)
    assert _after_a_granted_entry().uncovered(EXIT, None, soon) is Happening.PASSAGE_AGAINST
    assert Passages(FOLLOWING_MS).uncovered(EXIT, ENTRY, AT) is Happening.PASSAGE_AGAINST


def test_later_the_lane_was_closed_again() -> None:
    """After the time in which one passage follows another, it is force."""
    passages, late = _after_a_granted_entry(), AT.plus_ms(FOLLOWING_MS + 1)
    assert not passages.is_recent(late)
    assert passages.uncovered(ENTRY, None, late) is Happening.PASSAGE_UNGRANTED
