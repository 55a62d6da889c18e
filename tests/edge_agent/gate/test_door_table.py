"""The door as a table."""

from pathlib import Path

import pytest

from access_core.model.access_event import AccessEventKind as Kind
from edge_agent.gate.door_table import (
    OUTCOMES,
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
    """RELEASE stands in the rows of a grant and of the exit button, and in no other."""
    rows = {key for key, cell in CELLS if cell.action is DoorAction.RELEASE}
    assert rows == {
        (mode, happening)
        for mode in (DoorMode.LOCKED, DoorMode.OUT_OF_ORDER)
        for happening in (Happening.GRANTED, Happening.EXIT_BUTTON)
    }


@pytest.mark.parametrize("mode", DoorMode)
def test_fire_frees_from_every_mode(mode: DoorMode) -> None:
    """Whatever the lane was, fire makes it free."""
    cell = transition(mode, Happening.FIRE)
    assert (cell.mode, cell.action) == (DoorMode.FREE, DoorAction.FREE)


def test_only_a_reset_ends_free() -> None:
    """No other happening leads out of FREE."""
    ways_out = [h for (m, h), cell in CELLS if m is DoorMode.FREE and cell.mode is not m]
    assert ways_out == [Happening.FIRE_RESET, Happening.FIRE_RESET_FAULTY]


@pytest.mark.parametrize("mode", [m for m in DoorMode if m is not DoorMode.FREE])
def test_every_passage_without_cover_is_recorded(mode: DoorMode) -> None:
    """Wrong way and tailgating are events in every mode but a fire, where all may pass."""
    assert transition(mode, Happening.PASSAGE_AGAINST).records is Kind.WRONG_DIRECTION
    assert transition(mode, Happening.PASSAGE_FOLLOWING).records is Kind.TAILGATING
    assert transition(DoorMode.FREE, Happening.PASSAGE_AGAINST).records is Kind.FREE_PASSAGE


@pytest.mark.parametrize("mode", [m for m in DoorMode if m is not DoorMode.OUT_OF_ORDER])
def test_a_fault_is_recorded_from_every_mode_and_moves_no_door(mode: DoorMode) -> None:
    """Fault and its end are one event each, and the door is told nothing."""
    cell = transition(mode, Happening.FAULT)
    assert (cell.records, cell.action) == (Kind.OUT_OF_ORDER, None)
    for happening in (Happening.FAULT_OVER, Happening.FAULT_OVER_AWAITED):
        assert transition(DoorMode.OUT_OF_ORDER, happening).records is Kind.BACK_IN_ORDER
        assert transition(DoorMode.OUT_OF_ORDER, happening).action is None


@pytest.mark.parametrize("mode", DoorMode)
def test_a_grant_gets_its_outcome_in_every_mode(mode: DoorMode) -> None:
    """Whatever became of the lane, a grant whose time is over ends; a locked lane has none."""
    cell = transition(mode, Happening.TIME_OVER)
    assert (cell.records in OUTCOMES) is (mode is not DoorMode.LOCKED)


def test_a_door_that_comes_back_is_told_to_open_only_in_a_fire() -> None:
    """DOOR_READY releases and frees nothing, except a lane that a fire holds free."""
    opening = {
        mode
        for (mode, happening), cell in CELLS
        if happening.startswith("door_ready")
        and cell.action in {DoorAction.FREE, DoorAction.RELEASE}
    }
    assert opening == {DoorMode.FREE}
