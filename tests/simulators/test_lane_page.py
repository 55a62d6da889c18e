"""The page from which a person drives the lane."""

from pathlib import Path

import httpx2 as httpx

from simulators.entrance import Entrance
from simulators.lane_deeds import DEED_WORDS, LaneHands
from simulators.lane_page import LanePage


async def test_a_button_is_a_deed_at_the_lane(tmp_path: Path) -> None:
    """Every deed has one; the picture follows; the page forbids foreign script and style."""
    async with (
        Entrance(tmp_path, lane_pace=0.02, seed=1) as entrance,
        LanePage(LaneHands(entrance, None)) as page,
        httpx.AsyncClient(base_url=page.address) as browser,
    ):
        shown = await browser.get("/")
        assert all(f'formaction="/deeds/{deed}"' in shown.text for deed in DEED_WORDS)
        assert "'unsafe-inline'" not in shown.headers["content-security-policy"]
        assert "locked" in (await browser.get("/lane.svg?1")).text
        done = await browser.post("/deeds/fire")
        assert (done.status_code, done.headers["location"]) == (303, "/")
        assert "FIRE" in (await browser.get("/lane.svg")).text
        for part in ("/lane.css", "/lane.js"):
            assert (await browser.get(part)).status_code == 200


async def test_only_the_page_itself_may_drive(tmp_path: Path) -> None:
    """A form on another page, another name of this host, a deed that is none."""
    async with (
        Entrance(tmp_path, lane_pace=0.02, seed=1) as entrance,
        LanePage(LaneHands(entrance, None)) as page,
        httpx.AsyncClient(base_url=page.address) as browser,
    ):
        foreign = {"Origin": "http://elsewhere.example"}
        assert (await browser.post("/deeds/fire", headers=foreign)).status_code == 403
        rebound = {"Host": "elsewhere.example"}
        assert (await browser.get("/", headers=rebound)).status_code == 421
        assert (await browser.post("/deeds/fire", headers=rebound)).status_code == 403
        assert (await browser.post("/deeds/open-sesame")).status_code == 404
        assert (await browser.get("/other")).status_code == 404
        assert entrance.oracle.fire_freed == 0
