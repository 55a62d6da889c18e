"""The command that gives a code for the console."""

from pathlib import Path

from device_drivers.system_clock import SystemClock
from edge_agent.commands.console_code import code_lines
from edge_agent.config import read_settings
from edge_agent.console.one_time_code import use_code
from tests.edge_settings import write_settings


def test_the_code_it_prints_is_good_once(tmp_path: Path) -> None:
    """Code, address and the way from another machine stand there; the code works."""
    settings = read_settings(write_settings(tmp_path, console_port=8481))
    code, console, tunnel = code_lines(settings, SystemClock())
    assert "http://127.0.0.1:8481" in console
    assert "ssh -L 8481:127.0.0.1:8481" in tunnel
    now = SystemClock().now()
    assert use_code(settings.edge.state_dir, code.split()[1], now)
    assert not use_code(settings.edge.state_dir, code.split()[1], now)


def test_without_a_console_there_is_no_code(tmp_path: Path) -> None:
    """It says which key to change, and makes nothing."""
    settings = read_settings(write_settings(tmp_path))
    assert "enabled = true" in code_lines(settings, SystemClock())[0]
    assert not settings.edge.state_dir.exists()
