"""The screen at the lane."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx2

from access_core.devices.events import Direction
from edge_agent.console.lane_pages import MOST_STREAMS
from edge_agent.console.serving import serve
from edge_agent.gate import feedback
from edge_agent.gate.commands import ShowAtReader
from simulators.run_folder import free_port
from tests.edge_agent.console.a_console import Desk, a_desk

PATH = "/lane/north-1-in"


async def test_the_page_needs_no_session_and_names_its_place(tmp_path: Path) -> None:
    """Gate and way stand in both languages, whatever the browser's; nothing else of the gate."""
    async with a_desk(tmp_path) as desk:
        page = await desk.page(PATH)
        assert "北门一号 · 入口" in page
        assert "North 1 · In" in page
        assert 'data-first="zh"' in page
        assert "style=" not in page


async def test_an_unknown_access_point_names_those_there_are(tmp_path: Path) -> None:
    """Whoever sets up the screen sees what to type."""
    async with a_desk(tmp_path) as desk:
        for path in ("/lane/none", "/lane/none/shown"):
            answer = await desk.browser.get(path)
            assert answer.status_code == 404
            assert PATH in answer.text


class Screen:
    """A stream as a screen reads it."""

    def __init__(self, answer: httpx2.Response) -> None:
        """From its beginning."""
        self._lines = answer.aiter_lines()

    async def next(self) -> tuple[str, str]:
        """Name and data of the next event; waits for it."""
        name = (await anext(self._lines)).removeprefix("event: ")
        data = (await anext(self._lines)).removeprefix("data: ")
        await anext(self._lines)
        return name, data


@asynccontextmanager
async def served(desk: Desk) -> AsyncIterator[httpx2.AsyncClient]:
    """A browser before the real server; the server ends with the block."""
    async with asyncio.timeout(20), asyncio.TaskGroup() as group:
        port, over = free_port(), asyncio.Event()
        serving = group.create_task(serve(desk.console.application(over), port, over))
        async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}") as browser:
            while True:
                try:
                    await browser.get("/sign-in")
                    break
                except httpx2.ConnectError:
                    await asyncio.sleep(0)
            yield browser
            serving.cancel()


async def test_the_stream_follows_the_gate_and_says_that_it_lives(tmp_path: Path) -> None:
    """The picture of now, each change at once, and a sign of life in between."""
    async with (
        a_desk(tmp_path) as desk,
        served(desk) as browser,
        browser.stream("GET", f"{PATH}/shown") as answer,
    ):
        screen = Screen(answer)
        name, data = await screen.next()
        assert (name, json.loads(data)["signal"]) == ("shown", "wait")
        shown = feedback.go(Direction.ENTRY)
        desk.console.board.show(ShowAtReader(reader=None, feedback=shown))
        name, data = await screen.next()
        assert json.loads(data) == {
            "signal": "go",
            "zh": "请通行",
            "en": "Please go through",
            "place_zh": "北门一号 · 入口",
            "place_en": "North 1 · In",
        }
        assert (await screen.next())[0] == "alive"


async def test_there_are_only_so_many_screens(tmp_path: Path) -> None:
    """One more than a gate can have is refused; one that goes makes room."""
    async with a_desk(tmp_path) as desk, served(desk) as browser, AsyncExitStack() as stack:
        screens: list[Screen] = []
        for _ in range(MOST_STREAMS):
            answer = await stack.enter_async_context(browser.stream("GET", f"{PATH}/shown"))
            screens.append(Screen(answer))
            assert (await screens[-1].next())[0] == "shown"
        async with browser.stream("GET", f"{PATH}/shown") as one_more:
            assert one_more.status_code == 503
        await stack.aclose()
        while True:
            async with browser.stream("GET", f"{PATH}/shown") as again:
                if again.status_code == 200:
                    break


async def test_a_stream_ends_with_the_agent(tmp_path: Path) -> None:
    """No screen keeps the program from stopping."""
    async with a_desk(tmp_path) as desk, asyncio.timeout(20), asyncio.TaskGroup() as group:
        asked = group.create_task(desk.browser.get(f"{PATH}/shown"))
        await asyncio.sleep(0)
        desk.over.set()
        desk.console.board.show(ShowAtReader(reader=None, feedback=feedback.ready(Direction.ENTRY)))
        assert (await asked).status_code == 200
