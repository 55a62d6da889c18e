"""What a figure says of itself, and where it is written."""

import json
from datetime import date
from pathlib import Path

import pytest

from tests.benchmarks import report
from tests.benchmarks.benches import BENCHES
from tests.benchmarks.figure import (
    Figure,
    Target,
    at_least,
    at_most,
    times_at_least,
    times_at_most,
)


def figure(value: float | None, target: Target | None, reference: float | None = None) -> Figure:
    """A figure with this value."""
    return Figure(id="gate.a", what="a", value=value, unit="ms", reference=reference, target=target)


@pytest.mark.parametrize(
    ("value", "reference", "target", "holds"),
    [
        (3.0, None, at_most(3), True),
        (3.1, None, at_most(3), False),
        (90.0, None, at_least(90), True),
        (89.0, None, at_least(90), False),
        (15.0, 10.0, times_at_most(1.5), True),
        (15.1, 10.0, times_at_most(1.5), False),
        (7.0, 10.0, times_at_least(0.7), True),
        (6.9, 10.0, times_at_least(0.7), False),
        (None, None, at_most(3), None),
        (5.0, None, None, None),
        (5.0, None, times_at_most(1), None),
    ],
)
def test_a_figure_holds_against_its_target(
    value: float | None, reference: float | None, target: Target | None, holds: bool | None
) -> None:
    """The limit itself is good; what was not measured neither holds nor fails."""
    assert figure(value, target, reference).holds is holds


def test_the_object_in_the_file_has_the_agreed_keys() -> None:
    """Others read them."""
    assert figure(15.0, times_at_most(1.5), 10.0).as_json() == {
        "id": "gate.a",
        "what": "a",
        "value": 15.0,
        "unit": "ms",
        "reference": 10.0,
        "ratio": 1.5,
        "target": "× <= 1.5",
        "holds": True,
    }


def test_a_part_measured_again_leaves_the_other_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows keep their order and the date of their own measurement; the file has this run only."""
    monkeypatch.setattr(report, "PAGE", tmp_path / "performance.md")
    monkeypatch.setattr(report, "JSON", tmp_path / "build" / "bench.json")
    first = Figure(id="gate.a", what="a", value=1.0, unit="ms")
    second = Figure(id="gate.b", what="b | c", value=2.0, unit="ms")
    report.write_page([second, first], date(2026, 11, 23), ["gate.a", "gate.b"])
    again = Figure(id="gate.b", what="b | c", value=3.0, unit="ms")
    report.write_page([again], date(2026, 11, 24), ["gate.a", "gate.b"])
    rows = [row for row in report.PAGE.read_text().splitlines() if row.startswith("| `")]
    assert [(row.split()[1], row.split()[-2]) for row in rows] == [
        ("`gate.a`", "2026-11-23"),
        ("`gate.b`", "2026-11-24"),
    ]
    assert "3 ms" in rows[1]
    report.write_json([again])
    assert [entry["id"] for entry in json.loads(report.JSON.read_text())] == ["gate.b"]


def test_every_figure_has_one_bench_and_a_name_that_tells_its_issue() -> None:
    """Ids are unique and begin with the prefix of the work they belong to."""
    ids = [id_ for bench in BENCHES for id_ in bench.ids]
    assert len(ids) == len(set(ids))
    assert all(id_.startswith(("gate.", "hardware.")) for id_ in ids)
