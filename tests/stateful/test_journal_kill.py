"""The journal's promise under kill -9, with a control that breaks it and is found out."""

import asyncio
import random
import sys
from pathlib import Path

import pytest

from edge_agent.journal import open_journal

WRITER = Path(__file__).with_name("journal_writer.py")
ROOT = Path(__file__).parents[2]


async def killed_once(folder: Path, way: str, events: int) -> int:
    """Run the writer, kill it after `events` lines; the last event it said is on disk."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, WRITER, folder, way, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    for _ in range(events):
        await process.stdout.readline()
    process.kill()
    rest = (await process.stdout.read()).split()
    await process.wait()
    journal = await open_journal(folder / "journal.db")
    try:
        said = int(rest[-1]) if rest else events
        count = len([row async for row in journal.rows_verified()])
        assert count == journal.head.seq
        return said - journal.head.seq
    finally:
        await journal.close()


@pytest.mark.slow
async def test_what_was_said_to_be_on_disk_is_there_after_kill_9(tmp_path: Path) -> None:
    """Killed at any moment, no acknowledged event is missing and the chain holds."""
    rng = random.Random(1)
    for number in range(5):
        folder = tmp_path / str(number)
        folder.mkdir()
        assert await killed_once(folder, "commit-first", rng.randint(5, 60)) <= 0


@pytest.mark.slow
async def test_the_same_test_finds_a_writer_that_acknowledges_too_early(tmp_path: Path) -> None:
    """Control: a writer that says so before the commit loses an event within a few kills."""
    rng = random.Random(2)
    lost = 0
    for number in range(20):
        folder = tmp_path / str(number)
        folder.mkdir()
        lost += await killed_once(folder, "acknowledge-first", rng.randint(5, 60)) > 0
        if lost:
            break
    assert lost
