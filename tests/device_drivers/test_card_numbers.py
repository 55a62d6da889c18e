"""Texts of card numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access_core.passes.card import CardFormat, card_text, read_card
from device_drivers.card_numbers import (
    WIEGAND_SPANS,
    bits_text,
    em4100_text,
    keys_text,
    uid_text,
    wiegand_number_text,
    wiegand_text,
)

GWIOT_26 = 0b0_00111101_00010010_11010110_1
"""Gwiot 7941E manual, section 10: card 6B 3D 12 D6 on the wire with 26 bits."""
GWIOT_34 = 0b0_01101011_00111101_00010010_11010110_0
"""The same card with 34 bits, section 11."""


def a_37_bit_card(facility: int, number: int) -> int:
    """The bits of HID H10304: 16 bits of facility, 19 of number, parity over 18 bits each."""
    data = facility << 19 | number
    even = (data >> 17).bit_count() % 2
    odd = 1 - (data & ((1 << 18) - 1)).bit_count() % 2
    return even << 36 | data << 1 | odd


def test_a_makers_own_example_is_read() -> None:
    """The bits in a reader's manual give the number that the manual says."""
    assert wiegand_text(GWIOT_26, 26) == b"W26:3D12D6"
    assert wiegand_text(GWIOT_34, 34) == b"W34:6B3D12D6"


def test_a_37_bit_card_is_read_with_parity_over_the_shared_middle_bit() -> None:
    """Facility and number stand in 35 bits."""
    bits = a_37_bit_card(facility=0x1234, number=0x5678A)
    assert wiegand_text(bits, 37) == b"W37:%010X" % (0x1234 << 19 | 0x5678A)


@pytest.mark.parametrize(("bits", "count"), [(GWIOT_26, 26), (GWIOT_34, 34), (1 << 36, 37)])
def test_one_bit_flipped_is_no_card(bits: int, count: int) -> None:
    """Every single flip breaks a parity."""
    if count == 37:
        bits = a_37_bit_card(facility=7, number=12345)
    assert wiegand_text(bits, count) is not None
    # The middle bit of 37 stands under both parities; all others under one.
    assert [wiegand_text(bits ^ 1 << place, count) for place in range(count)] == [None] * count


def test_a_length_without_known_parity_is_raw_bits() -> None:
    """32 bits are 4 bytes that nobody interprets; 33 bits are filled up to 5."""
    assert wiegand_text(0xDEADBEEF, 32) == b"BITS32:DEADBEEF"
    assert bits_text(1, 33) == b"BITS33:0000000001"
    assert bits_text(2, 1) is None
    assert bits_text(0, 129) is None


def test_numbers_that_do_not_fit_are_no_cards() -> None:
    """A number too large, bytes too few, digits too many: nothing is cut to size."""
    assert wiegand_number_text(1 << 24, 26) is None
    assert wiegand_number_text(5, 32) is None
    assert wiegand_text(1 << 26, 26) is None
    assert em4100_text(bytes(4)) is None
    assert uid_text(bytes(5)) is None
    assert keys_text("12345678901234567") is None
    assert keys_text("12a") is None
    assert keys_text("\uff11\uff12") is None
    assert keys_text("") is None


def test_the_texts_are_the_ones_the_gate_knows() -> None:
    """Drivers may not import the core's passes; what they write is what it writes and reads."""
    five, four = bytes.fromhex("62e3086ced"), bytes.fromhex("04a1b2c3")
    assert em4100_text(five) == card_text(CardFormat.EM4100, five)
    assert uid_text(four) == card_text(CardFormat.UID, four)
    assert wiegand_number_text(0x3D12D6, 26) == card_text(CardFormat.W26, bytes.fromhex("3d12d6"))
    assert wiegand_number_text(1, 37) == card_text(CardFormat.W37, bytes([0, 0, 0, 0, 1]))


@given(st.sampled_from([*WIEGAND_SPANS, 1, 32, 128]), st.integers(0, (1 << 128) - 1))
def test_whatever_is_read_is_a_card_for_the_gate(count: int, bits: int) -> None:
    """Any bits give a text that the gate can look up, or none."""
    text = wiegand_text(bits & ((1 << count) - 1), count)
    assert text is None or read_card(text) is not None
