"""The door as a table."""

from pathlib import Path

import pytest

from edge_agent.gate.door_table import (
    TABLE,
    DoorAction,
    DoorMode,
    Happening,
    Transition,
    render,
    transition,
)

PAGE = Path(__file__).parents[3] / "docs" / "door_table.md"
CELLS = list(TABLE.items())


def test_the_page_is_the_table() -> None:
    """docs/door_table.md is what the table says, letter for letter."""
    assert PAGE.read_text(encoding="utf-8") == render()


def test_a_pair_not_listed_changes_nothing() -> None:
    """A late answer in a locked lane is no transition."""
    cell = transition(DoorMode.LOCKED, Happening.RELEASE_ANSWERED)
    assert cell == Transition(DoorMode.LOCKED)


def test_nothing_but_a_grant_releases() -> None:
    """RELEASE stands in one row, and that row is a grant."""
    rows = [key for key, cell in CELLS if cell.action is DoorAction.RELEASE]
    assert rows == [(DoorMode.LOCKED, Happening.GRANTED)]


@pytest.mark.parametrize("mode", DoorMode)
def test_fire_frees_from_every_mode(mode: DoorMode) -> None:
    """Whatever the lane was, fire makes it free."""
    cell = transition(mode, Happening.FIRE)
    assert (cell.mode, cell.action) == (DoorMode.FREE, DoorAction.FREE)


def test_only_a_reset_ends_free() -> None:
    """No other happening leads out of FREE."""
    ways_out = [h for (m, h), cell in CELLS if m is DoorMode.FREE and cell.mode is not m]
    assert ways_out == [Happening.FIRE_RESET]


def test_a_door_that_comes_back_is_told_to_open_only_in_a_fire() -> None:
    """DOOR_READY releases and frees nothing, except a lane that a fire holds free."""
    opening = {
        mode
        for (mode, happening), cell in CELLS
        if happening in {Happening.DOOR_READY, Happening.DOOR_READY_AWAITED}
        and cell.action in {DoorAction.FREE, DoorAction.RELEASE}
    }
    assert opening == {DoorMode.FREE}
