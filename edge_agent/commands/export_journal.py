"""`edge-agent export-journal`: every event with its place in the chain, verified on the way."""

from typing import Final, TextIO

from edge_agent.config import EdgeSettings
from edge_agent.journal import open_journal
from edge_agent.stores import JOURNAL_FILE, open_existing

_PROGRESS_EVERY: Final = 10_000


async def export(settings: EdgeSettings, out: TextIO, progress: TextIO) -> int:
    """Write `{"seq":…,"hash":…,"event":…}` lines to `out`; how many.

    `event` is the line exactly as it was hashed, so that the chain can be checked again from
    the export. Raises StoreDamaged at the first event that breaks the chain; what stands before
    it has been written by then.
    """
    count = 0
    async with open_existing(open_journal, settings.edge.state_dir / JOURNAL_FILE) as journal:
        out.write(f'{{"epoch":"{journal.epoch.hex()}"}}\n')
        async for row in journal.rows_verified():
            event = row.line.decode()
            out.write(f'{{"seq":{row.seq},"hash":"{row.hash.hex()}","event":{event}}}\n')
            count += 1
            if count % _PROGRESS_EVERY == 0:
                progress.write(f"{count} of about {journal.head.seq} events\n")
    return count
