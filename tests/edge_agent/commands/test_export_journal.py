"""`edge-agent export-journal`."""

import io
import json
import sqlite3
from pathlib import Path

import pytest

from access_core.errors import StoreDamaged
from access_core.wire.event_chain import GENESIS, link
from edge_agent.commands import export_journal
from edge_agent.commands.export_journal import export
from tests.edge_state import a_used_edge


async def test_the_export_proves_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the lines alone the chain can be checked again; progress is shown."""
    monkeypatch.setattr(export_journal, "_PROGRESS_EVERY", 2)
    out, progress = io.StringIO(), io.StringIO()
    assert await export(await a_used_edge(tmp_path), out, progress) == 3
    first, *lines = out.getvalue().splitlines()
    epoch, head = bytes.fromhex(json.loads(first)["epoch"]), GENESIS
    for number, line in enumerate(lines, start=1):
        event = line[line.index('"event":') + 8 : -1].encode()
        head = link(epoch, number, head, event)
        assert json.loads(line)["hash"] == head.hex()
    assert progress.getvalue() == "2 of about 3 events\n"


async def test_a_broken_chain_is_found_in_the_middle(tmp_path: Path) -> None:
    """An event changed beyond the part checked at opening stops the export there."""
    settings = await a_used_edge(tmp_path, events=300)
    db = sqlite3.connect(settings.edge.state_dir / "journal.db")
    db.execute("UPDATE journal SET line = replace(line, 'door_forced', 'free') WHERE seq = 5")
    db.commit()
    db.close()
    out = io.StringIO()
    with pytest.raises(StoreDamaged, match="event 5 is not what was written"):
        await export(settings, out, io.StringIO())
    assert len(out.getvalue().splitlines()) == 5
