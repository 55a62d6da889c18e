"""The story of the main job, played by `campus-sim demo --once` on the running product."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest

from simulators.ledger import LoggedEvent, What, reconcile
from simulators.stage import LOG_SHOWN_MS, Report

pytestmark = [pytest.mark.slow, pytest.mark.timeout(420)]

WITNESSED = {"access_granted", "access_denied", "access_taken", "access_not_taken"}


@dataclass(frozen=True)
class Played:
    """What a run of the story left behind."""

    code: int
    output: str
    report: Report


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """One run of the story, as `make demo-once` does it."""
    folder = tmp_path_factory.mktemp("story")
    file = folder / "report.json"
    command: list[str | Path] = [
        Path(sys.executable).with_name("campus-sim"),
        *("demo", "--once", "--dir", folder / "run", "--report", file),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert file.exists(), done.stdout + done.stderr
    report = msgspec.json.decode(file.read_bytes(), type=Report)
    return Played(done.returncode, done.stdout, report)


def test_every_figure_is_as_the_story_demands(played: Played) -> None:
    """Booked, approved, opened online and offline, refused each with its reason, nothing lost."""
    assert played.report.off == []
    assert played.code == 0
    figures = json.loads(played.output.splitlines()[-1])
    shown_ms, delivered = figures.pop("log_shown_ms"), figures.pop("delivered")
    assert figures == {
        "booked": 8,
        "approved": 8,
        "opened": 7,
        "offline_opened": 6,
        "refused": {
            "PASS_REPLAYED": 1,
            "PASS_FORGED": 1,
            "UNAUTHORIZED": 1,
            "CREDENTIAL_REVOKED": 1,
            "PASS_STALE": 1,
            "CREDENTIAL_EXPIRED": 1,
        },
        "not_taken": 1,
        "fire_freed": 1,
        "relocked_without_reset": 0,
        "lost": 0,
        "doubled": 0,
    }
    assert 0 <= shown_ms <= LOG_SHOWN_MS
    assert delivered >= len(played.report.happenings)


def test_the_hardware_saw_what_the_story_tells(played: Played) -> None:
    """Fire, three free passages, the reset, and a passage during which the edge died."""
    whats = [happening.what for happening in played.report.happenings]
    fire = whats.index(What.FIRE)
    assert whats[fire : fire + 6] == [
        What.FIRE,
        What.PASSED,
        What.PASSED,
        What.FIRE_OVER,
        What.PASSED,
        What.RESET,
    ]
    assert whats[-4:] == [What.LET_IN, What.PASSED, What.LET_IN, What.PASSED]
    assert "access_outcome_unknown" in {event.kind for event in played.report.log}


def test_a_lost_event_would_be_found(played: Played) -> None:
    """Control: with any witnessed line taken out of the log, the ledger counts one as lost."""
    log = played.report.log
    for index, event in enumerate(log):
        if event.kind in WITNESSED:
            account = reconcile(played.report.happenings, log[:index] + log[index + 1 :])
            assert (account.lost, account.doubled) == (1, 0)


def test_a_doubled_event_would_be_found(played: Played) -> None:
    """Control: the same line twice, or once more under a new number, counts as doubled."""
    log = played.report.log
    for event in log:
        if event.kind in WITNESSED:
            for again in (event, LoggedEvent(1, event.kind, event.way)):
                account = reconcile(played.report.happenings, [*log, again])
                assert (account.lost, account.doubled) == (0, 1)
