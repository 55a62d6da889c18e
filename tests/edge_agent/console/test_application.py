"""All routes behind one guard."""

import asyncio
import re
from pathlib import Path

import pytest

from tests.edge_agent.console.a_console import ORIGIN, a_desk

OPEN = ["/lane/north-1-in", "/metrics", "/static/console.css", "/sign-in"]


@pytest.mark.parametrize("path", OPEN)
async def test_what_everybody_at_the_lane_may_see_is_open(tmp_path: Path, path: str) -> None:
    """Screen, metrics, files and the page for the code; to our own names only."""
    async with a_desk(tmp_path) as desk:
        assert (await desk.browser.get(path)).status_code == 200
        foreign = await desk.browser.get(path, headers={"host": "evil.example"})
        assert foreign.status_code == 421


async def test_every_file_a_page_names_is_there(tmp_path: Path) -> None:
    """Sheets, scripts and signs of every page."""
    async with a_desk(tmp_path) as desk:
        await desk.sign_in()
        pages = ["/sign-in", "/", "/devices/camera-in", "/lane/north-1-in"]
        named = {
            name
            for path in pages
            for name in re.findall(r'(?:src|href)="(/static/[^"]+)"', await desk.page(path))
        }
        assert len(named) >= 5
        for name in named:
            assert (await desk.browser.get(name)).status_code == 200


async def test_it_is_served_until_cancelled(tmp_path: Path) -> None:
    """On the port of the settings."""
    async with a_desk(tmp_path) as desk, asyncio.timeout(20), asyncio.TaskGroup() as group:
        tasks = [group.create_task(desk.console.run())]
        tasks.append(group.create_task(desk.console.watch_loop()))
        await asyncio.sleep(0)
        for task in tasks:
            task.cancel()
    assert ORIGIN.startswith("http://127.0.0.1")
