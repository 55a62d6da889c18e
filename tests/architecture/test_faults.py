"""The page of faults names tests that exist."""

import re

from tests.architecture.checkout import ROOT, listed

PAGE = ROOT / "docs" / "faults.md"
FAULTS = 15
"""As many as the list of what a trusted gate must survive has."""


def missing(page: str) -> list[str]:
    """The tests that `page` names and that there are not."""
    return [
        f"{file}::{name}"
        for file, name in re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", page)
        if not (ROOT / file).is_file()
        or f"def {name}(" not in (ROOT / file).read_text(encoding="utf-8")
    ]


def test_every_fault_is_shown_by_tests_that_exist() -> None:
    """Each of the fifteen rows names at least one test, and every one of them is there."""
    page = PAGE.read_text(encoding="utf-8")
    rows = re.findall(r"^\| \d+ \|.*$", page, re.MULTILINE)
    assert len(rows) == FAULTS
    assert all("::test_" in row for row in rows)
    assert not missing(page), listed(missing(page))


def test_control_a_test_that_is_not_there_is_found() -> None:
    """The check itself can fail."""
    assert missing("`tests/architecture/test_faults.py::test_nowhere`")
    assert missing("`tests/nowhere.py::test_nowhere`")
