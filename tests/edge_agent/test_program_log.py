"""The program's own log."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from device_drivers.system_clock import SystemClock
from edge_agent.program_log import configure_log, redacted


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    """Logging is as before, afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    structlog.reset_defaults()
    root.handlers[:], root.level = handlers, level


def test_a_line_is_json_with_time_and_level(capsys: pytest.CaptureFixture[str]) -> None:
    """One line, one object; below the level nothing."""
    configure_log("info", SystemClock())
    log = structlog.get_logger("edge")
    log.debug("too fine")
    log.info("gate in service", gate="北门")
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 1
    line = json.loads(lines[0])
    assert (line["event"], line["gate"], line["level"]) == ("gate in service", "北门", "info")
    assert line["at"].endswith("+00:00")


def test_libraries_write_among_our_lines(capsys: pytest.CaptureFixture[str]) -> None:
    """The standard library's logging comes out the same way, from warnings on."""
    configure_log("info", SystemClock())
    logging.getLogger("pymodbus").warning("no answer from unit %d", 1)
    logging.getLogger("pymodbus").info("chatter")
    lines = capsys.readouterr().out.splitlines()
    assert [json.loads(line)["event"] for line in lines] == ["no answer from unit 1"]


def test_what_must_stay_secret_is_not_written() -> None:
    """Values under these names are replaced, the names stay."""
    line = redacted(None, "info", {"event": "x", "payload": "CP1:…", "code": "123", "gate": "g"})
    assert line == {"event": "x", "payload": "(not logged)", "code": "(not logged)", "gate": "g"}
