"""Whether the centre can be reached."""

import asyncio

from edge_agent.gate.events import GateEvent, LinkChanged
from edge_agent.link.state import LinkState


async def test_only_changes_are_told() -> None:
    """Down at first; up once, down once, whatever is repeated."""
    heard: list[GateEvent] = []

    async def told(event: GateEvent) -> None:
        heard.append(event)

    state = LinkState(told)
    assert not state.is_up
    await state.failed("no route")
    assert state.problem == "no route"
    await state.worked()
    await state.worked()
    await state.failed("gone")
    await state.failed("gone")
    assert heard == [LinkChanged(is_up=True), LinkChanged(is_up=False)]


async def test_a_pause_ends_when_the_link_comes_back() -> None:
    """Who waits to try again is woken by the first exchange that works."""

    async def told(_: GateEvent) -> None:
        """Nobody listens."""

    state = LinkState(told)
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        waiting = group.create_task(state.pause(3_600))
        await asyncio.sleep(0)
        await state.worked()
        await waiting
    await state.pause(0.001)
    await state.failed("gone")
    await state.pause(0.001)
