"""The server: uvicorn, with an end that whoever waits hears of."""

import socket
from typing import Final

import uvicorn
from fastapi import FastAPI

from central_server.config import ServerSettings
from central_server.kit.signals import Signals

GRACE_S: Final = 3
"""Requests that are being answered when the server stops may take so long."""


class Server(uvicorn.Server):
    """Stops at once: long polls and live pages are answered first, not cut off at the last."""

    def __init__(self, config: uvicorn.Config, signals: Signals) -> None:
        """`signals`: what the application's requests wait for."""
        super().__init__(config)
        self._signals = signals

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let nobody wait any more, then end as uvicorn does."""
        self._signals.end()
        await super().shutdown(sockets)


def make_server(app: FastAPI, settings: ServerSettings, signals: Signals) -> Server:
    """The server for `app`; it listens once it is run."""
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        access_log=False,
        log_level="warning",
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(settings.trusted_proxies),
        server_header=False,
        timeout_graceful_shutdown=GRACE_S,
    )
    return Server(config, signals)
