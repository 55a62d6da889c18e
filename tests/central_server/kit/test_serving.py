"""The end of the server, on a real port."""

import asyncio
import logging
import socket
from collections.abc import Callable

import httpx2 as httpx
import pytest
from fastapi import FastAPI

from central_server.access_log.service import LOG_TOPIC
from central_server.config import ServerSettings
from central_server.kit.centre import Centre
from central_server.kit.feed import FEED_TOPIC
from central_server.kit.permissions import Role
from central_server.kit.serving import make_server
from tests.central_server.an_edge import AnEdge
from tests.central_server.conftest import StandingClock
from tests.central_server.visitors import book, session_of

LONG_S = 60


async def until(is_so: Callable[[], bool]) -> None:
    """Let others go on until something is so."""
    async with asyncio.timeout(20):
        while not is_so():  # noqa: ASYNC110 - no event tells that a request waits
            await asyncio.sleep(0.01)


async def test_whoever_waits_is_answered_when_the_server_stops(
    app: FastAPI,
    centre: Centre,
    clock: StandingClock,
    north: AnEdge,
    client: httpx.AsyncClient,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """An edge, a visitor and security each get their answer long before their wait is over.

    Nothing is cut off, nothing is logged, and the server ends.
    """
    held = await north.changes(0)
    assert held is not None
    visit = await book(client, centre)
    token = await session_of(centre, Role.SECURITY)
    signals = centre.database.signals
    caplog.set_level(logging.WARNING)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        server = make_server(app, ServerSettings(), signals)
        async with (
            asyncio.TaskGroup() as tasks,
            httpx.AsyncClient(base_url=address, timeout=LONG_S) as people,
        ):
            serving = tasks.create_task(server.serve(sockets=[listener]))
            await until(lambda: server.started)
            edge = AnEdge(people, clock, key=north.key, edge_id=north.edge_id, nonces=10)
            poll = tasks.create_task(edge.get("/edge/v1/changes", after=held.revision, wait=LONG_S))
            state = tasks.create_task(people.get(f"{visit}/state?seen=2"))
            live = tasks.create_task(
                people.get("/log/live", headers={"cookie": f"session={token}"})
            )
            topics = (FEED_TOPIC, "visit:1", LOG_TOPIC)
            await until(lambda: all(signals.is_watched(topic) for topic in topics))
            server.should_exit = True
            async with asyncio.timeout(LONG_S / 4):
                answers = [await waiting for waiting in (poll, state, live)]
                await serving
    assert [answer.status_code for answer in answers] == [204, 200, 200]
    assert answers[1].json()["version"] == 2
    assert caplog.records == []
