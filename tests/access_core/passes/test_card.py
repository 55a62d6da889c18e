"""The text of a card and the id it stands for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access_core.passes.card import MAX_TEXT, CardFormat, CardRead, card_text, read_card


@pytest.mark.parametrize(
    ("card_format", "number", "text"),
    [
        (CardFormat.W26, bytes.fromhex("0102a3"), b"W26:0102A3"),
        (CardFormat.W34, bytes.fromhex("0102a3f4"), b"W34:0102A3F4"),
        (CardFormat.W37, bytes.fromhex("0001020304"), b"W37:0001020304"),
        (CardFormat.EM4100, bytes.fromhex("0102030405"), b"EM4100:0102030405"),
        (CardFormat.UID, bytes.fromhex("04a1b2c3"), b"UID:04A1B2C3"),
    ],
)
def test_a_card_has_one_text(card_format: CardFormat, number: bytes, text: bytes) -> None:
    """Upper-case digits behind the format, and it is read again."""
    assert card_text(card_format, number) == text
    assert isinstance(read_card(text), CardRead)


def test_the_id_is_the_same_at_the_gate_and_at_the_centre() -> None:
    """A stored value: edges and centres of different versions must agree for ever."""
    card = read_card(b"W26:0102A3")
    assert card is not None
    assert card.pass_id.hex() == "35b9f9478aeb76f1"


def test_cards_of_two_formats_are_two_cards() -> None:
    """The same digits in another format are another id."""
    assert read_card(b"W34:04A1B2C3") != read_card(b"UID:04A1B2C3")


@pytest.mark.parametrize(
    "text",
    [b"", b"W26:0102a3", b"W26:0102A3\n", b"W26:0102A", b"W99:0102A3", b"CP1:ABC", b"KEYS:12a"],
)
def test_what_is_not_such_a_text_is_no_card(text: bytes) -> None:
    """One text for one card: nothing is trimmed, folded or guessed."""
    assert read_card(text) is None


@given(st.binary(max_size=2 * MAX_TEXT))
def test_nothing_raises(text: bytes) -> None:
    """Any bytes give a card or None."""
    found = read_card(text)
    assert found is None or len(found.pass_id) == 8
