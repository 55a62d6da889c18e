"""Forms and views of holders."""

import pytest

from central_server.holders.schemas import masked


@pytest.mark.parametrize(("name", "shown"), [("欧阳娜娜", "欧**"), ("Ann", "A**"), ("", "")])
def test_a_masked_name_shows_its_first_character(name: str, shown: str) -> None:
    """The length does not tell either."""
    assert masked(name) == shown
