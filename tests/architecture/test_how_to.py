"""The how-to pages work as they stand, and the pages name files that exist."""

import re
from pathlib import Path

import pytest

from tests.architecture.checkout import PACKAGES, ROOT

PAGE = ROOT / "docs" / "how_to" / "add_a_policy_rule.md"
FOLDERS = (*PACKAGES, "tests", "deploy", "docs")
TO_BE_WRITTEN = ("visitor_hours", "card_reader")
"""What the how-to pages have their reader write."""


def test_adding_a_policy_rule_by_the_book() -> None:
    """The rule of the page, listed in a table of rules, passes the tests of the page."""
    rule, tests = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(), re.DOTALL | re.MULTILINE)
    book: dict[str, object] = {"__name__": "book"}
    for block in (rule, tests):
        exec(compile(block, str(PAGE), "exec"), book)  # noqa: S102 - our own page
    run = [thing for name, thing in book.items() if name.startswith("test_")]
    assert len(run) == 3
    for test in run:
        assert callable(test)
        test()


@pytest.mark.parametrize("page", sorted((ROOT / "docs").rglob("*.md")), ids=lambda page: page.stem)
def test_every_path_a_page_names_is_there(page: Path) -> None:
    """A page that speaks of a file speaks of one that exists, or that the reader is to write."""
    named = re.findall(rf"`((?:{'|'.join(FOLDERS)})/[\w./-]*)`", page.read_text())
    missing = [path for path in named if not (ROOT / path).exists()]
    assert [path for path in missing if not any(word in path for word in TO_BE_WRITTEN)] == []
