"""A new gate from power-on to the first opening."""

import re
from pathlib import Path

import pytest

from simulators.bring_up import PROMISED_S, STEPS, bring_up, plug_in
from simulators.entrance import Entrance
from simulators.run_folder import make
from tests.architecture.checkout import ROOT

PAGE = ROOT / "docs" / "how_to" / "bring_up_a_gate.md"


def test_the_page_tells_people_to_do_what_the_script_does() -> None:
    """The same steps, word for word, in the same order."""
    rows = re.findall(r"^\| (\d+) \| ([^|]+) \| ([^|]+) \|$", PAGE.read_text(), re.MULTILINE)
    assert rows == [(str(n), step.where, step.does) for n, step in enumerate(STEPS, 1)]


async def test_the_simulated_hardware_has_names_as_below_dev(tmp_path: Path) -> None:
    """Ports by id and a camera, each leading to what is simulated."""
    folder = make(tmp_path)
    async with Entrance(folder.hardware, lane_pace=1.0, seed=1) as entrance:
        dev = plug_in(folder, entrance)
        scanner = dev / "serial" / "by-id" / "usb-simulated-scanner"
        assert scanner.resolve() == entrance.scanner_port.resolve()
        assert (dev / "video0").is_dir()


@pytest.mark.slow
async def test_a_gate_is_brought_up_step_by_step(tmp_path: Path) -> None:
    """Every step works, the first pass opens, and a person needs less than is promised."""
    said: list[str] = []
    ledger = await bring_up(tmp_path, seed=1, say=said.append)
    assert [done.step for done in ledger.done] == list(STEPS)
    assert ledger.person_s < PROMISED_S
    assert any(line.endswith("shows the code at the entry: opens") for line in said)
    assert not any("FAULT" in line for line in said)
    settings = (tmp_path / "edge.toml").read_text()
    assert 'id = "edge-main-gate"' in settings
