"""Wake-ups within this process: what waits for news need not ask the database again and again.

A signal carries nothing; whoever wakes reads the database. A waiter that misses one, because
another process wrote, wakes at its own time limit.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager


class Signals:
    """Named signals, many waiters each."""

    def __init__(self) -> None:
        """Nobody waits yet."""
        self._waiters: defaultdict[str, set[asyncio.Event]] = defaultdict(set)

    def send(self, topic: str) -> None:
        """Wake everyone who watches `topic`."""
        for event in self._waiters.get(topic, ()):
            event.set()

    @contextmanager
    def watch(self, topic: str) -> Iterator[asyncio.Event]:
        """An event set by each signal from now on; watch first, then look, then wait."""
        event = asyncio.Event()
        self._waiters[topic].add(event)
        try:
            yield event
        finally:
            self._waiters[topic].discard(event)
            if not self._waiters[topic]:
                del self._waiters[topic]


async def wait_for_signal(event: asyncio.Event, limit_s: float) -> None:
    """Return at the signal or after `limit_s`, and make the event ready for the next."""
    try:
        async with asyncio.timeout(limit_s):
            await event.wait()
    except TimeoutError:
        return
    event.clear()
