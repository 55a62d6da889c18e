"""`edge-agent export-journal`: every event with its place in the chain, verified on the way."""

from typing import Final, TextIO

from edge_agent.config import EdgeSettings
from edge_agent.journal import open_journal
from edge_agent.stores import JOURNAL_FILE, open_existing

_PROGRESS_EVERY: Final = 10_000
_LOOK_EVERY_S: Final = 0.1
"""Who follows the journal learns of an event this much later at most."""


async def export(
    settings: EdgeSettings, out: TextIO, progress: TextIO, *, follows: bool = False
) -> int:
    """Write `{"seq":…,"hash":…,"event":…}` lines to `out`; how many.

    `event` is the line exactly as it was hashed, so that the chain can be checked again from
    the export. Raises StoreDamaged at the first event that breaks the chain; what stands before
    it has been written by then. With `follows` it goes on with what is written later, each line
    at once.
    """
    count = 0
    look_every_s = _LOOK_EVERY_S if follows else None
    async with open_existing(open_journal, settings.edge.state_dir / JOURNAL_FILE) as journal:
        out.write(f'{{"epoch":"{journal.epoch.hex()}"}}\n')
        async for row in journal.rows_verified(look_every_s=look_every_s):
            event = row.line.decode()
            out.write(f'{{"seq":{row.seq},"hash":"{row.hash.hex()}","event":{event}}}\n')
            if follows:
                out.flush()
            count += 1
            if count % _PROGRESS_EVERY == 0:
                progress.write(f"{count} of about {journal.head.seq} events\n")
    return count
