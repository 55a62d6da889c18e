"""The commands of the simulator."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from simulators.__main__ import STORY, app

OTHERWISE = """
title = "t"
lane_pace = 0.3
visitors = [{ name = "a" }]
steps = [
    { do = "book", who = "a" },
    { do = "approve", who = "a" },
    { do = "open_pass", who = "a" },
    { do = "show", who = "a", expect = "PASS_STALE" },
]
"""


def test_a_wrong_scenario_is_refused_in_one_line(tmp_path: Path) -> None:
    """Exit code 2; file, key and cure; no traceback."""
    file = tmp_path / "x.toml"
    file.write_text('title = "t"\nspeed = 2\n')
    result = CliRunner().invoke(app, ["run", str(file), "--report", str(tmp_path / "r.json")])
    assert result.exit_code == 2
    assert f"{file}: speed: is not a known key" in result.stderr
    assert not (tmp_path / "r.json").exists()


def test_the_story_lies_where_the_demo_looks() -> None:
    """`demo --once` plays the stored story."""
    assert STORY.is_file()


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_a_step_that_ends_otherwise_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A story that demands a refusal where the lane opens ends with exit code 1.

    The last line is JSON all the same: the step, and what was counted until there.
    """
    file, report = tmp_path / "x.toml", tmp_path / "r.json"
    file.write_text(OTHERWISE)
    monkeypatch.setattr("simulators.__main__.STORY", file)
    arguments = ["demo", "--once", "--report", str(report), "--dir", str(tmp_path / "run")]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 1
    step = "4 (a shows the code at the entry)"
    assert f"step {step}: the lane opened, not PASS_STALE" in result.stderr
    assert json.loads(result.stdout.splitlines()[-1]) == {
        "booked": 1,
        "approved": 1,
        "opened": 1,
        "offline_opened": 0,
        "refused": {},
        "not_taken": 0,
        "fire_freed": 0,
        "relocked_without_reset": 0,
        "failed_step": step,
    }
    assert not report.exists()
