"""Between the gate and its journal: one queue, one writer, in order.

The gate waits for a record only as long as its deadline allows; the record itself is written
sooner or later, marked as late, unless it was withdrawn before its turn came.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec

from access_core.clock import Clock, Instant
from access_core.ids import CommandId
from access_core.model.access_event import AccessEvent
from edge_agent.gate.door_table import GRANTS
from edge_agent.journal import Journal, NotRecorded, Row

RETRY_S = 0.25
"""Pause before a row that the disk refused is tried again."""
LATE_MS = 1_000
"""An event on disk later than this after it happened is marked as recorded late."""


@dataclass(slots=True, kw_only=True)
class _Entry:
    event: AccessEvent
    since: Instant
    settled: asyncio.Future[bool] = field(repr=False)
    """True once on disk, False at the first refusal of the disk or when withdrawn."""
    is_withdrawn: bool = False


class Recorder:
    """Writes events into the journal in the order in which they were given."""

    def __init__(
        self,
        journal: Journal,
        clock: Clock,
        told: Callable[[AccessEvent, Row], None],
        synced: Callable[[float], None] | None = None,
    ) -> None:
        """`told` hears of every event once it is on disk, `synced` of how long that took, ms."""
        self._journal = journal
        self._clock = clock
        self._told = told
        self._synced = synced
        self._entries: deque[_Entry] = deque()
        self._added = asyncio.Event()
        self._empty = asyncio.Event()
        self._empty.set()
        self.problem = ""
        """What the disk said at the last attempt; empty if it took the row."""
        self.last_sync_ms: float | None = None
        """How long the last row took until it was on disk; None before the first."""

    def add(self, event: AccessEvent) -> asyncio.Future[bool]:
        """Have `event` written after all before it; the answer is True once it is on disk.

        False means that the disk refused it; it stays in the queue and is tried again.
        """
        settled: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._entries.append(_Entry(event=event, since=self._clock.now(), settled=settled))
        self._empty.clear()
        self._added.set()
        return settled

    def withdraw(self, decision_id: CommandId) -> None:
        """Do not write the grant of this decision, unless it is being written already."""
        for entry in self._entries:
            is_grant = entry.event.kind in GRANTS
            if is_grant and entry.event.decision_id == decision_id:
                entry.is_withdrawn = True

    async def settled(self) -> None:
        """Wait until everything given so far is on disk."""
        await self._empty.wait()

    async def run(self) -> None:
        """Write until cancelled; `flush` first, or the last row may be half done."""
        while True:
            while not self._entries:
                self._empty.set()
                self._added.clear()
                await self._added.wait()
            entry = self._entries[0]
            if entry.is_withdrawn or await self._write(entry):
                self._entries.popleft()
                _settle(entry, is_on_disk=not entry.is_withdrawn)
            else:
                _settle(entry, is_on_disk=False)
                await asyncio.sleep(RETRY_S)

    async def flush(self, within_s: float) -> bool:
        """Wait until all is on disk, at most `within_s`; whether it is."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                await self.settled()
        return self._empty.is_set()

    async def _write(self, entry: _Entry) -> bool:
        event, late_ms = entry.event, self._clock.now().ms_since(entry.since)
        if late_ms > LATE_MS:
            detail = f"recorded {late_ms / 1000:.1f} s late. {event.detail}"
            event = msgspec.structs.replace(event, detail=detail[:200])
        begun = self._clock.now()
        try:
            row = await self._journal.append(event)
        except NotRecorded as error:
            self.problem = str(error)
            return False
        self.problem = ""
        self.last_sync_ms = self._clock.now().ms_since(begun)
        if self._synced is not None:
            self._synced(self.last_sync_ms)
        self._told(event, row)
        return True


def _settle(entry: _Entry, *, is_on_disk: bool) -> None:
    if not entry.settled.done():
        entry.settled.set_result(is_on_disk)
