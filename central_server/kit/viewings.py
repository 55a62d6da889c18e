"""Looks at personal data that go on by themselves: recorded once in a while, not each time.

A list that is open on a screen asks for itself every few seconds. The audit gets one entry for
each operator and list in ten minutes, with the number of people on it then. Kept in memory: after
a start, and in each further process, a look is recorded once more than needed, never less.
"""

from collections import OrderedDict
from typing import Final

from central_server.kit.audit import AuditEntry, record
from central_server.kit.database import Database

AGAIN_AFTER_MS: Final = 10 * 60_000
MAX_KEPT: Final = 10_000
"""Looks remembered; the oldest goes first, and is recorded anew."""


class Viewings:
    """Who has looked at what lately."""

    def __init__(self) -> None:
        """Nobody has looked at anything yet."""
        self._noted_ms: OrderedDict[tuple[int | None, str], int] = OrderedDict()

    async def note(self, database: Database, entry: AuditEntry) -> None:
        """Record `entry`, durably on return, unless one like it is in the audit since shortly."""
        key = (entry.operator_id, entry.subject)
        noted_ms = self._noted_ms.get(key)
        if noted_ms is not None and 0 <= entry.at_ms - noted_ms < AGAIN_AFTER_MS:
            return
        async with database.writing() as session:
            await record(session, entry)
        self._noted_ms[key] = entry.at_ms
        self._noted_ms.move_to_end(key)
        if len(self._noted_ms) > MAX_KEPT:
            self._noted_ms.popitem(last=False)
