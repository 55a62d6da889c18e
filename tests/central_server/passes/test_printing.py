"""The code on paper."""

import re

from central_server.passes.printing import printed_code
from tests.issuer import issue_printed


def test_the_code_is_svg_that_the_page_policy_allows() -> None:
    """No style, no script, no reference to anywhere."""
    svg = printed_code(issue_printed().signed_part)
    assert svg.startswith("<svg")
    assert not re.search(r"style|script|href|on\w+=", svg)


def test_the_code_has_four_modules_of_white() -> None:
    """A static pass is version 7 at most: 45 modules and four on each side."""
    size = re.search(r'viewBox="0 0 (\d+) (\d+)"', printed_code(issue_printed().signed_part))
    assert size is not None
    assert int(size[1]) == int(size[2]) <= 45 + 8
