"""`edge-agent show-snapshot`."""

from pathlib import Path

import pytest

from access_core.errors import StoreDamaged
from device_drivers.system_clock import SystemClock
from edge_agent.commands.show_snapshot import snapshot_lines
from edge_agent.config import read_settings
from edge_agent.stores import open_stores
from tests.edge_settings import write_settings
from tests.edge_state import a_used_edge


async def test_what_is_held_is_shown(tmp_path: Path) -> None:
    """Revision, age, credentials, and every small rule by its names."""
    lines = await snapshot_lines(await a_used_edge(tmp_path), SystemClock())
    text = "\n".join(lines)
    assert lines[0] == "revision      7"
    assert "credentials   1" in text
    assert "access point  north-1-in  entry of area campus at north-1" in text
    assert "access level  visitors  访客 / Visitors: 2 grants" in text


async def test_nothing_held_is_said(tmp_path: Path) -> None:
    """Before the first snapshot there is nothing to show, and the reason is said."""
    settings = read_settings(write_settings(tmp_path))
    async with open_stores(settings.edge.state_dir, SystemClock()):
        pass
    with pytest.raises(StoreDamaged, match="no rules yet"):
        await snapshot_lines(settings, SystemClock())
