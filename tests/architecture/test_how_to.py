"""The how-to pages work as they stand."""

import re

import pytest

from tests.architecture.checkout import ROOT

PAGE = ROOT / "docs" / "how_to" / "add_a_policy_rule.md"


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


@pytest.mark.parametrize("path", re.findall(r"`((?:access_core|tests)/[\w/.]+)`", PAGE.read_text()))
def test_every_file_the_page_names_is_there(path: str) -> None:
    """But for those that the reader is to write."""
    assert (ROOT / path).exists() or "visitor_hours" in path
