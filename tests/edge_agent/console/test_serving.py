"""The server on loopback."""

import asyncio
import socket
from pathlib import Path

import pytest

from edge_agent.console import serving
from simulators.run_folder import free_port
from tests.edge_agent.console.a_console import a_desk


async def test_it_listens_on_loopback_and_nowhere_else() -> None:
    """The address of the socket is 127.0.0.1."""
    with await serving.listener_on(free_port()) as listener:
        assert listener.getsockname()[0] == "127.0.0.1"


async def test_a_taken_port_is_waited_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is said once, with what to write; the gate goes on; once it is free it is taken."""
    monkeypatch.setattr(serving, "TRY_AGAIN_S", 0.01)
    port = free_port()
    with socket.create_server((serving.HOST, port)):
        waiting = asyncio.ensure_future(serving.listener_on(port))  # noqa: TID251 - awaited below
        for _ in range(5):
            await asyncio.sleep(0.01)
        assert not waiting.done()
    async with asyncio.timeout(10):
        (await waiting).close()
    assert capsys.readouterr().out.count("another `console.port`") == 1


async def connected(port: int) -> None:
    """Return once somebody listens on `port`."""
    while True:
        try:
            _, writer = await asyncio.open_connection(serving.HOST, port)
        except OSError:
            await asyncio.sleep(0)
            continue
        writer.close()
        return


async def test_it_ends_when_it_is_cancelled(tmp_path: Path) -> None:
    """In good order, with its port closed."""
    async with a_desk(tmp_path) as desk, asyncio.timeout(20), asyncio.TaskGroup() as group:
        port = free_port()
        task = group.create_task(
            serving.serve(desk.console.application(desk.over), port, desk.over)
        )
        await connected(port)
        task.cancel()
        await asyncio.wait([task])
        assert desk.over.is_set()
        with socket.create_server((serving.HOST, port)):
            pass
