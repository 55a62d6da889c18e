"""Deeds at the simulated lane, without the product: the board is given its orders here."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from simulators.entrance import Entrance
from simulators.lane_deeds import DEED_WORDS, Deed, LaneHands
from simulators.turnstile_lane import Way


@pytest.fixture
async def entrance(tmp_path: Path) -> AsyncIterator[Entrance]:
    """A fast lane with a card reader."""
    async with Entrance(tmp_path, lane_pace=0.02, seed=1, has_tag_reader=True) as made:
        yield made


async def test_people_walk_where_the_lane_lets_them(entrance: Entrance) -> None:
    """Blocked while locked; through on a release; two on one; back again; or nobody."""
    hands, lane = LaneHands(entrance, None), entrance.turnstile.lane
    assert await hands.do(Deed.WALK_IN) == "blocked"
    for deed, came_of_it in (
        (Deed.WALK_IN, "through"),
        (Deed.TAILGATE, "through"),
        (Deed.STEP_BACK, "stepped back"),
        (Deed.DO_NOT_WALK, "the lane is locked"),
    ):
        assert await entrance.turnstile.until_locked()
        lane.release(Way.ENTRY)
        assert await entrance.turnstile.until_released(Way.ENTRY)
        assert hands.state().gives_way == (Way.ENTRY,)
        assert await hands.do(deed) == came_of_it
    assert (hands.state().count_in, lane.oracle.tailgated) == (3, 1)


async def test_fire_frees_and_cables_come_out_and_go_back_in(entrance: Entrance) -> None:
    """The same deed undoes what it did."""
    hands = LaneHands(entrance, None)
    await hands.do(Deed.FIRE)
    assert (hands.state().is_fire, hands.state().is_free) == (True, True)
    assert await hands.do(Deed.DO_NOT_WALK) == "the lane stays free"
    assert await hands.do(Deed.WALK_OUT) == "through"
    await hands.do(Deed.FIRE)
    assert await hands.do(Deed.RESET_KEY) == "turned"
    for deed, name in ((Deed.UNPLUG_READER, "tags"), (Deed.UNPLUG_TURNSTILE, "turnstile")):
        assert await hands.do(deed) == "unplugged"
        assert hands.state().unplugged == (name,)
        assert await hands.do(deed) == "plugged in"
    await hands.do(Deed.POWER_CYCLE)
    assert entrance.oracle.power_cuts == 1


async def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    """No phone, no card reader."""
    async with Entrance(tmp_path, lane_pace=0.02, seed=1) as entrance:
        hands = LaneHands(entrance, None)
        for deed in (Deed.SHOW_CODE, Deed.SCAN_CODE_OUT, Deed.PRESENT_CARD, Deed.UNPLUG_READER):
            assert "there is no" in await hands.do(deed)


def test_every_deed_has_its_words() -> None:
    """They stand on the button and in the list of keys."""
    assert set(DEED_WORDS) == set(Deed)
