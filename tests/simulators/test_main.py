"""The commands of the simulator."""

from pathlib import Path

from typer.testing import CliRunner

from simulators.__main__ import STORY, app


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
