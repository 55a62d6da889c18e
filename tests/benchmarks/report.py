"""Where figures go: the terminal, `docs/performance.md`, `build/bench.json`."""

import json
import platform
import re
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Final

from tests.benchmarks.figure import Figure

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = ROOT / "docs" / "performance.md"
JSON: Final = ROOT / "build" / "bench.json"
_COLUMNS: Final = ("id", "what", "value", "reference", "ratio", "target", "holds", "measured")
_ROW: Final = re.compile(r"^\| `([a-z0-9_.]+)` \|.*\|$", re.MULTILINE)
_LIBRARIES: Final = ("cryptography", "opencv-python-headless", "zxing-cpp", "msgspec", "fastapi")
_INTRODUCTION: Final = """# What must hold, and what was measured

<!-- Written by `make bench`; not by hand. -->

Each figure stands beside its reference, measured turn by turn in the same run on the same machine,
medians unless it says otherwise. Ratios travel; times are this machine's. A row keeps the date of
its last measurement: `make bench ONLY=gate.pass` measures the rows whose id begins so.
"""


def number(value: float | None) -> str:
    """At most four digits that mean something."""
    if value is None:
        return "–"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def cells(figure: Figure) -> tuple[str, ...]:
    """One row without its date."""
    measured = "not measured" if figure.value is None else f"{number(figure.value)} {figure.unit}"
    holds = {True: "yes", False: "**no**", None: "–"}[figure.holds]
    what = f"{figure.what} ({figure.note})" if figure.note else figure.what
    return (
        f"`{figure.id}`",
        what.replace("|", "/"),
        measured,
        number(figure.reference),
        number(figure.ratio),
        "–" if figure.target is None else str(figure.target),
        holds,
    )


def table(figures: list[Figure]) -> str:
    """For the terminal: aligned columns."""
    rows = [_COLUMNS[:-1], *(cells(figure) for figure in figures)]
    rows = [tuple(cell.replace("`", "").replace("**", "") for cell in row) for row in rows]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def write_json(figures: list[Figure]) -> None:
    """Exactly the figures of this run."""
    JSON.parent.mkdir(exist_ok=True)
    objects = [figure.as_json() for figure in figures]
    JSON.write_text(json.dumps(objects, indent=1, ensure_ascii=False) + "\n")


def write_page(figures: list[Figure], today: date, ids: list[str]) -> None:
    """The page with this run's rows; rows of other figures stay as they are.

    `ids`: all there are, in their order; a row of no such figure is dropped.
    """
    before = PAGE.read_text() if PAGE.exists() else ""
    rows = {found[1]: found[0] for found in _ROW.finditer(before)}
    for figure in figures:
        rows[figure.id] = f"| {' | '.join((*cells(figure), today.isoformat()))} |"
    head = f"| {' | '.join(_COLUMNS)} |\n|{'---|' * len(_COLUMNS)}"
    body = "\n".join(rows[id_] for id_ in ids if id_ in rows)
    PAGE.write_text(f"{_INTRODUCTION}\n{head}\n{body}\n\nLast run: {machine()}.\n")


def machine() -> str:
    """What it was measured on."""
    cpu = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text())
    libraries = ", ".join(f"{name} {version(name)}" for name in _LIBRARIES)
    return (
        f"{cpu[1] if cpu else platform.machine()}, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}, {libraries}"
    )
