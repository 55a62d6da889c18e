"""Whether the centre can be reached. Known to whoever sends; never a reason to move a door."""

import asyncio
from collections.abc import Awaitable, Callable

from edge_agent.gate.events import GateEvent, LinkChanged


class LinkState:
    """Up after an exchange that worked, down after one that did not."""

    def __init__(self, told: Callable[[GateEvent], Awaitable[None]]) -> None:
        """`told` hears of each change."""
        self._told = told
        self._regained = asyncio.Event()
        self.is_up = False
        self.problem = "not tried yet"
        """Why it is down, in words; empty while it is up."""

    async def worked(self) -> None:
        """An exchange with the centre worked."""
        self.problem = ""
        if not self.is_up:
            self.is_up = True
            self._regained.set()
            await self._told(LinkChanged(is_up=True))

    async def failed(self, problem: str) -> None:
        """An exchange with the centre failed."""
        self.problem = problem
        if self.is_up:
            self.is_up = False
            self._regained.clear()
            await self._told(LinkChanged(is_up=False))

    async def pause(self, seconds: float) -> None:
        """Wait, but no longer than until a link that is down comes back."""
        if self.is_up:
            await asyncio.sleep(seconds)
            return
        try:
            async with asyncio.timeout(seconds):
                await self._regained.wait()
        except TimeoutError:
            return
