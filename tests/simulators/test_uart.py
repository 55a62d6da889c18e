"""A UART that is not tuned to its sender."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.uart import heard

TEXT = b"CP1:THE QUICK BROWN FOX 0123456789"
BAUDS = (9_600, 19_200, 38_400, 57_600, 115_200)


@given(st.binary(max_size=40), st.sampled_from(BAUDS))
def test_equal_bauds_hear_what_was_sent(data: bytes, baud: int) -> None:
    """Every byte, without an error."""
    assert heard(data, sent_baud=baud, read_baud=baud).data == data
    assert heard(data, sent_baud=baud, read_baud=baud).framing_errors == 0


@given(st.binary(max_size=40), st.integers(-3, 3))
def test_three_percent_do_no_harm(data: bytes, percent: int) -> None:
    """Clocks of real devices differ by that much; the middle of each bit is still hit."""
    received = heard(data, sent_baud=10_000, read_baud=10_000 + 100 * percent)
    assert (received.data, received.framing_errors) == (data, 0)


@pytest.mark.parametrize(
    ("sent", "read"), [(s, r) for s in BAUDS for r in BAUDS if s != r], ids=str
)
def test_nothing_survives_another_speed(sent: int, read: int) -> None:
    """No three characters in a row come through, and framing errors tell of it."""
    received = heard(TEXT, sent_baud=sent, read_baud=read)
    assert not any(TEXT[place : place + 3] in received.data for place in range(len(TEXT) - 2))
    assert received.data != TEXT


def test_a_slow_receiver_hears_few_and_a_fast_one_many() -> None:
    """Twelve times too slow swallows ten characters as one; twelve times too fast sees errors."""
    slow = heard(TEXT, sent_baud=115_200, read_baud=9_600)
    fast = heard(TEXT, sent_baud=9_600, read_baud=115_200)
    assert len(slow.data) < len(TEXT) / 5
    assert len(fast.data) > len(TEXT)
    assert fast.framing_errors > len(fast.data) / 2
