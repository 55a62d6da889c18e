"""Events of one device on their way to its one consumer: bounded, never blocking a reader."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator

from access_core.devices.events import CredentialPresented, DeviceEvent

CAPACITY = 256
"""Events kept for a consumer that has stopped reading; a lane makes some ten a passage."""


class EventQueue:
    """First in, first out, at most `CAPACITY` events.

    When it is full the oldest presented credential gives way: a read nobody looked at in time
    must not open a door late. Facts about the door are never thrown away; if there is nothing
    but facts, the device waits.
    """

    def __init__(self, capacity: int = CAPACITY) -> None:
        """`capacity` in events."""
        self._capacity = capacity
        self._events: deque[DeviceEvent] = deque()
        self._added = asyncio.Event()
        self._taken = asyncio.Event()
        self.credentials_dropped = 0
        """Presented credentials that gave way since the start."""

    async def put(self, event: DeviceEvent) -> None:
        """Add `event`; returns at once unless the queue is full of facts about the door."""
        while len(self._events) >= self._capacity and not self._drop_oldest_credential():
            self._taken.clear()
            await self._taken.wait()
        self._events.append(event)
        self._added.set()

    async def stream(self) -> AsyncIterator[DeviceEvent]:
        """Every event in order, without end."""
        while True:
            while not self._events:
                self._added.clear()
                await self._added.wait()
            event = self._events.popleft()
            self._taken.set()
            yield event

    def _drop_oldest_credential(self) -> bool:
        for index, event in enumerate(self._events):
            if isinstance(event, CredentialPresented):
                del self._events[index]
                self.credentials_dropped += 1
                return True
        return False
