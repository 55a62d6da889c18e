"""The commands as a technician types them."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from edge_agent.__main__ import app
from tests.edge_settings import write_settings
from tests.edge_state import a_used_edge
from tests.small_centre import CODE, small_centre

ROOT = Path(__file__).parents[2]


def called(*words: str | Path) -> Result:
    """`edge-agent` with these words."""
    return CliRunner().invoke(app, [str(word) for word in words])


def test_check_config_prints_every_value(tmp_path: Path) -> None:
    """Each with its origin; exit code 0."""
    result = called("check-config", write_settings(tmp_path))
    assert result.exit_code == 0
    assert "gate.wait_for_passage_s = 2.0  (file)" in result.stdout
    assert "journal.keep_days = 7  (default)" in result.stdout


def test_a_wrong_file_is_a_message_and_no_traceback(tmp_path: Path) -> None:
    """Exit code 2, every mistake on its own line."""
    file = write_settings(tmp_path)
    file.write_text(file.read_text(encoding="utf-8").replace("[gate]", "[gate]\nx = 1\ny = 2"))
    result = called("check-config", file)
    assert result.exit_code == 2
    assert result.stderr.count("is not a known key") == 2
    assert "Traceback" not in result.output


def test_run_before_enrolment_says_what_to_do(tmp_path: Path) -> None:
    """The message names the command; exit code 2."""
    config = str(write_settings(tmp_path))
    script = [sys.executable, "-m", "edge_agent", "run", "--config", config]
    done = subprocess.run(script, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "Run `edge-agent enrol --code CODE`" in done.stderr
    assert "Traceback" not in done.stderr


async def test_the_commands_that_look(tmp_path: Path) -> None:
    """show-snapshot, export-journal and verify-pass answer from the state folder."""
    await a_used_edge(tmp_path)
    config = tmp_path / "edge.toml"

    def look() -> list[Result]:
        return [
            called("show-snapshot", "-c", config),
            called("export-journal", "-c", config),
            called("verify-pass", "CP1:X", "-c", config),
            called("self-test", "-c", config),
            called("decode", tmp_path / "none.png"),
        ]

    shown, exported, verified, tested, decoded = await asyncio.to_thread(look)
    assert shown.exit_code == 0
    assert "revision      7" in shown.stdout
    assert exported.exit_code == 0
    assert "3 events, chain unbroken" in exported.stderr
    assert verified.exit_code == 1
    assert "PASS_MALFORMED" in verified.stdout
    assert tested.exit_code == 1
    assert "FAULT  keys" in tested.stdout
    assert decoded.exit_code == 1


def test_looking_where_nothing_is_says_so(tmp_path: Path) -> None:
    """No state folder yet: a message, exit code 2, and nothing is made."""
    file = write_settings(tmp_path)
    result = called("show-snapshot", "-c", file)
    assert result.exit_code == 2
    assert "has `edge-agent run` been started?" in result.stderr
    assert not (tmp_path / "state").exists()


@pytest.mark.slow
async def test_enrol_then_run_then_stop(tmp_path: Path) -> None:
    """A wrong code is refused; a good one enrols; the gate serves and stops in order."""
    async with asyncio.timeout(60), small_centre() as centre:
        file = write_settings(tmp_path, url=centre.url)
        for code, expected in (("guess", 2), (CODE, 0)):
            result = await asyncio.to_thread(called, "enrol", "--code", code, "-c", file)
            assert result.exit_code == expected
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "edge_agent", "run", "-c", file,
            cwd=ROOT, stdout=asyncio.subprocess.PIPE, env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )  # fmt: skip
        assert process.stdout is not None
        lines: list[bytes] = []
        while not any(b"gate in service" in line for line in lines):
            lines.append(await process.stdout.readline())
        process.send_signal(signal.SIGTERM)
        rest = await process.stdout.read()
        assert await process.wait() == 0
        assert b"edge_stopped" in rest
