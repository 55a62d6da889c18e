"""The server on loopback: uvicorn on the agent's own event loop.

It may fail, be refused its port, or be switched off; the gate does not notice.
"""

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from typing import Final

import structlog
import uvicorn
from starlette.types import ASGIApp

_log = structlog.get_logger("console")
HOST: Final = "127.0.0.1"
"""The only address there is; no setting widens it."""
TRY_AGAIN_S: Final = 5.0
GRACE_S: Final = 1
"""Requests being answered when the agent stops may take so long."""


class _Server(uvicorn.Server):
    """Leaves signals to the agent, and lets nobody wait when it ends."""

    def __init__(self, config: uvicorn.Config, over: asyncio.Event) -> None:
        super().__init__(config)
        self._over = over

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """The agent ends on a signal, and this with it."""
        yield

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the streams first."""
        self._over.set()
        await super().shutdown(sockets)


async def serve(app: ASGIApp, port: int, over: asyncio.Event) -> None:
    """Serve `app` until cancelled; waits for the port if it is taken.

    `over` is set when the streams have to end.
    """
    with await listener_on(port) as listener:
        await _serve_on(listener, app, over)


async def listener_on(port: int) -> socket.socket:
    """The listening socket; a port that is taken is said once and tried again."""
    is_told = False
    while True:
        try:
            return socket.create_server((HOST, port))
        except OSError as error:
            if not is_told:
                _log.error(
                    "no console and no lane display: the port cannot be opened",
                    port=port,
                    problem=str(error),
                    cure="write another `console.port`, or `console.enabled = false`",
                )
            is_told = True
            await asyncio.sleep(TRY_AGAIN_S)


async def _serve_on(listener: socket.socket, app: ASGIApp, over: asyncio.Event) -> None:
    config = uvicorn.Config(
        app,
        access_log=False,
        http="h11",
        lifespan="off",
        log_config=None,
        log_level="warning",
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_S,
        ws="none",
    )
    server = _Server(config, over)
    async with asyncio.TaskGroup() as group:
        serving = group.create_task(server.serve(sockets=[listener]))
        try:
            await asyncio.shield(serving)
        finally:
            server.should_exit = True
            await serving
