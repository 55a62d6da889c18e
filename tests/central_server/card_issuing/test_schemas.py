"""Forms for cards."""

from datetime import date

import pytest
from pydantic import ValidationError

from central_server.card_issuing.schemas import TermForm


def test_a_term_does_not_end_before_it_begins() -> None:
    """One day is a term."""
    day = date(2027, 1, 15)
    assert TermForm(valid_from=day, valid_until=day).valid_until == day
    with pytest.raises(ValidationError, match="before the first"):
        TermForm(valid_from=day, valid_until=date(2027, 1, 14))
