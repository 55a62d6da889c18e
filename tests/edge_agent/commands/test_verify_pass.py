"""`edge-agent verify-pass`."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from access_core.clock import Instant
from access_core.errors import StoreDamaged
from device_drivers.system_clock import SystemClock
from edge_agent.commands.verify_pass import explain
from edge_agent.config import read_settings
from edge_agent.stores import open_stores
from tests.edge_settings import write_settings
from tests.edge_state import a_used_edge
from tests.facts import AT, STEP, VISITOR


@dataclass
class AtClock:
    """Shows `AT`."""

    def now(self) -> Instant:
        """The moment of `tests.facts`."""
        return AT


async def test_a_good_pass_is_granted(tmp_path: Path) -> None:
    """What the issuer signed is shown, and each access point of this gate answers."""
    settings = await a_used_edge(tmp_path)
    lines, is_granted = await explain(settings, VISITOR.text(STEP).decode(), AtClock())
    assert is_granted
    assert lines[0].startswith(f"signed pass {VISITOR.claims.pass_id.hex()}, visitor, step {STEP}")
    assert lines[1] == "north-1-in (entry): granted"


async def test_every_reason_is_said_in_words(tmp_path: Path) -> None:
    """A code of another time: the code, and what it means in both languages."""
    settings = await a_used_edge(tmp_path)
    lines, is_granted = await explain(settings, VISITOR.text(STEP - 5).decode(), AtClock())
    assert not is_granted
    assert lines[1] == "north-1-in (entry): denied"
    assert "PASS_STALE" in lines[2]
    assert "screenshot" in lines[3]


async def test_a_text_that_is_no_pass_names_its_flaw(tmp_path: Path) -> None:
    """The first thing wrong with it."""
    settings = await a_used_edge(tmp_path)
    lines, is_granted = await explain(settings, "hello", AtClock())
    assert not is_granted
    assert lines[0] == "not a pass of ours: not_alphanumeric"


async def test_a_reader_outside_the_rules_is_said(tmp_path: Path) -> None:
    """An access point the rules do not know is named."""
    settings = await a_used_edge(tmp_path)
    reader = settings.readers[0].model_copy(update={"access_point": "south-9-in"})
    lines, _ = await explain(
        settings.model_copy(update={"readers": (reader,)}), VISITOR.text(STEP).decode(), AtClock()
    )
    assert lines[1] == "south-9-in: not in the rules"


async def test_without_rules_there_is_no_answer(tmp_path: Path) -> None:
    """Nothing can be said of a pass by an edge that holds nothing."""
    settings = read_settings(write_settings(tmp_path))
    async with open_stores(settings.edge.state_dir, SystemClock()):
        pass
    with pytest.raises(StoreDamaged, match="no rules yet"):
        await explain(settings, "CP1:", AtClock())
