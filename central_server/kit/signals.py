"""Wake-ups within this process: what waits for news need not ask the database again and again.

A signal carries nothing; whoever wakes reads the database. A waiter that misses one, because
another process wrote, wakes at its own time limit. When the server stops, everybody wakes and
answers with what there is (`Signals.end`).
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
        self._is_over = False

    @property
    def is_over(self) -> bool:
        """Whether the server stops: nobody should wait any more."""
        return self._is_over

    def send(self, topic: str) -> None:
        """Wake everyone who watches `topic`."""
        for event in self._waiters.get(topic, ()):
            event.set()

    def end(self) -> None:
        """Wake everyone, and let nobody wait from now on."""
        self._is_over = True
        for topic in self._waiters:
            self.send(topic)

    def is_watched(self, topic: str) -> bool:
        """Whether anyone watches `topic`."""
        return topic in self._waiters

    @contextmanager
    def watch(self, topic: str) -> Iterator[asyncio.Event]:
        """An event set by each signal from now on; watch first, then look, then wait.

        Whoever waits again and again must stop when `is_over`.
        """
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
