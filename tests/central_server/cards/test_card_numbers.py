"""Numbers of cards as people write them."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from access_core.passes.card import read_card
from central_server.cards.card_numbers import CardNumber, Notation, read_number


@pytest.mark.parametrize(
    ("notation", "typed", "text"),
    [
        (Notation.W26, "123,45678", b"W26:7BB26E"),
        (Notation.W26, "123, 45678", b"W26:7BB26E"),
        (Notation.W26, "\uff11\uff12\uff13\uff0c\uff14\uff15\uff16\uff17\uff18", b"W26:7BB26E"),
        (Notation.W26_HEX, "7bb26e", b"W26:7BB26E"),
        (Notation.W34, "1:2", b"W34:00010002"),
        (Notation.W34_HEX, "00 01 00 02", b"W34:00010002"),
        (Notation.W37, "1 2", b"W37:0000080002"),
        (Notation.W37_HEX, "0000080002", b"W37:0000080002"),
        (Notation.EM4100, "2B 0012345678", b"EM4100:2B00BC614E"),
        (Notation.EM4100, "2B 0012345678 188,24910", b"EM4100:2B00BC614E"),
        (Notation.EM4100_HEX, "2B00BC614E", b"EM4100:2B00BC614E"),
        (Notation.UID_HEX, "04:A2:2B:1C", b"UID:04A22B1C"),
        (Notation.UID_HEX, "04a22b1c3d4e5f", b"UID:04A22B1C3D4E5F"),
        (Notation.UID_DECIMAL, "77736732", b"UID:04A22B1C"),
    ],
)
def test_a_number_is_the_card_that_a_reader_gives(
    notation: Notation, typed: str, text: bytes
) -> None:
    """However it is written, the id is that of the card's one text."""
    read = read_card(text)
    assert read is not None
    assert read_number(notation, typed).pass_ids == (read.pass_id,)


def test_a_printed_number_stands_for_every_first_byte() -> None:
    """Of 256 ids one is the card; the last digits are kept as they are printed."""
    number = read_number(Notation.EM4100, "0012345678")
    whole = read_number(Notation.EM4100_HEX, "2B00BC614E")
    assert len(set(number.pass_ids)) == 256
    assert number.pass_ids[0x2B] == whole.pass_ids[0]
    assert number.ending == "678"


@pytest.mark.parametrize(
    ("notation", "typed"),
    [
        (Notation.W26, "45678"),
        (Notation.W26, "256,1"),
        (Notation.W26, "1,65536"),
        (Notation.W26_HEX, "7bb26"),
        (Notation.W37_HEX, "FF00000000"),
        (Notation.EM4100, "0012345678 188,24911"),
        (Notation.EM4100, "9999999999"),
        (Notation.UID_HEX, "04A22B"),
        (Notation.UID_HEX, "x"),
        (Notation.UID_DECIMAL, "4294967296"),
        (Notation.UID_HEX, "0" * 41),
    ],
)
def test_what_is_not_written_so_is_refused_with_words(notation: Notation, typed: str) -> None:
    """The words say how it should be written."""
    with pytest.raises(PydanticCustomError):
        read_number(notation, typed)


@given(st.sampled_from(Notation), st.text(max_size=50))
def test_any_text_is_a_number_or_refused(notation: Notation, typed: str) -> None:
    """Nothing else comes of it."""
    with contextlib.suppress(PydanticCustomError):
        assert isinstance(read_number(notation, typed), CardNumber)
