"""How the edge is, told to the centre now and then and on change."""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import structlog

from access_core.errors import PeerError
from access_core.wire.messages import EdgeStatus, encode
from edge_agent.link.state import LinkState
from edge_agent.link.transport import CentreUnavailable, Transport

PATH: Final = "/edge/v1/status"
_log = structlog.get_logger("status")


@dataclass(slots=True, kw_only=True)
class StatusReport:
    """Reports to the centre; a report that fails is not kept, the next one tells more."""

    transport: Transport
    state: LinkState
    every_s: float
    changed: asyncio.Event
    """Set when something worth telling has changed."""
    compose: Callable[[], EdgeStatus]

    async def run(self) -> None:
        """Report until cancelled."""
        while True:
            self.changed.clear()
            try:
                await self.transport.post(PATH, encode(self.compose()))
                await self.state.worked()
            except CentreUnavailable as error:
                await self.state.failed(str(error))
            except PeerError as error:
                _log.warning("status refused", problem=str(error))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self.every_s):
                    await self.changed.wait()
