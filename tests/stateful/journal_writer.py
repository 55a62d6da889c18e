"""Writes events into a journal as fast as it can and says which are on disk; to be killed.

Called as `journal_writer.py FOLDER commit-first|acknowledge-first`. The second way is wrong on
purpose: the test that kills this program must find it out.
"""

import asyncio
import os
import sys
from pathlib import Path

from access_core.model.access_event import AccessEvent, AccessEventKind
from edge_agent.journal import open_journal


async def write(folder: Path, *, acknowledges_first: bool) -> None:
    """One line on standard output per event, until killed."""
    journal = await open_journal(folder / "journal.db")
    while True:
        seq = journal.head.seq + 1
        event = AccessEvent(
            kind=AccessEventKind.DOOR_FORCED, wall_ms=seq, mono_ns=seq, boot="b", detail="x" * 150
        )
        if acknowledges_first:
            os.write(1, b"%d\n" % seq)
        await journal.append(event)
        if not acknowledges_first:
            os.write(1, b"%d\n" % seq)


if __name__ == "__main__":
    asyncio.run(write(Path(sys.argv[1]), acknowledges_first=sys.argv[2] == "acknowledge-first"))
