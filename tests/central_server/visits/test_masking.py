"""Personal data as lists show it."""

import pytest

from central_server.visits.masking import masked_email, masked_phone, masked_plate


@pytest.mark.parametrize(
    ("phone", "shown"),
    [("13812345678", "138****5678"), ("+447700900123", "+44****0123"), ("1234567", "****4567")],
)
def test_a_phone_shows_its_ends(phone: str, shown: str) -> None:
    """Three and four digits; of a short number the last four only."""
    assert masked_phone(phone) == shown


def test_an_email_shows_first_letter_and_domain() -> None:
    """The name before the at sign stays hidden."""
    assert masked_email("ada@example.org") == "a***@example.org"


def test_a_plate_hides_its_end() -> None:
    """The last three characters are hidden."""
    assert masked_plate("京A12345") == "京A12***"


def test_nothing_stays_nothing() -> None:
    """What was not given is not shown as hidden."""
    assert masked_phone("") == masked_email("") == masked_plate("") == ""
