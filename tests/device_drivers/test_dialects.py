"""Lines in all dialects."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access_core.devices.events import Medium
from access_core.passes.card import read_card
from device_drivers.dialects import (
    ByteOrder,
    Dialect,
    DialectSettings,
    NumberBase,
    ParityBits,
    Read,
    read_line,
)

DECIMAL, SENT, REVERSED = NumberBase.DECIMAL, ParityBits.SENT, ByteOrder.REVERSED


def settings(
    dialect: str,
    base: NumberBase = NumberBase.HEX,
    parity: ParityBits = ParityBits.STRIPPED,
    order: ByteOrder = ByteOrder.AS_SENT,
) -> DialectSettings:
    """The settings of a dialect and its variants."""
    return DialectSettings(
        dialect=Dialect(dialect), number_base=base, parity_bits=parity, byte_order=order
    )


@pytest.mark.parametrize(
    ("given_settings", "line", "card"),
    [
        (settings("hex"), b"04A1B2C3", b"UID:04A1B2C3"),
        (settings("hex"), b"04 a1:b2-C3", b"UID:04A1B2C3"),
        (settings("hex"), b"0x04A1B2C3D4E5F6", b"UID:04A1B2C3D4E5F6"),
        (settings("hex", order=REVERSED), b"C3B2A104", b"UID:04A1B2C3"),
        (settings("hex"), b"62E3086CED", b"EM4100:62E3086CED"),
        (settings("hex"), b"3D12D6", b"BITS24:3D12D6"),
        (settings("decimal"), b"0077701827", b"UID:04A1A2C3"),
        (settings("decimal", order=REVERSED), b"3283263748", b"UID:04A1B2C3"),
        (settings("decimal"), b"0424760536301", b"EM4100:62E5B36CED"),
        (settings("wiegand26"), b"3D12D6", b"W26:3D12D6"),
        (settings("wiegand26"), b"003D12D6", b"W26:3D12D6"),
        (settings("wiegand26", parity=SENT), b"07A25AD", b"W26:3D12D6"),
        (settings("wiegand26", parity=SENT), b"007A25AD", b"W26:3D12D6"),
        (settings("wiegand26", DECIMAL), b"0004002518", b"W26:3D12D6"),
        (settings("wiegand26", DECIMAL), b"061,04822", b"W26:3D12D6"),
        (settings("wiegand26", DECIMAL), b"61:4822", b"W26:3D12D6"),
        (settings("wiegand34"), b"6B3D12D6", b"W34:6B3D12D6"),
        (settings("wiegand34", parity=SENT), b"0D67A25AC", b"W34:6B3D12D6"),
        (settings("wiegand34", DECIMAL), b"27453,04822", b"W34:6B3D12D6"),
        (settings("wiegand34", DECIMAL), b"1799164630", b"W34:6B3D12D6"),
        (settings("wiegand37"), b"091A05678", b"W37:0091A05678"),
        (settings("wiegand37"), b"0091A05678", b"W37:0091A05678"),
        (settings("wiegand37", DECIMAL), b"4660,22136", b"W37:0091A05678"),
        (settings("wiegand37", DECIMAL), b"2443204216", b"W37:0091A05678"),
    ],
)
def test_a_card_has_one_text_however_it_is_written(
    given_settings: DialectSettings, line: bytes, card: bytes
) -> None:
    """Each variant of a converter gives the text by which the gate knows the card."""
    assert read_line(given_settings, line) == Read(Medium.CARD, card)


@pytest.mark.parametrize(
    ("given_settings", "line"),
    [
        (settings("hex"), b"04A1B2C"),
        (settings("hex"), b"04A1XXC3"),
        (settings("decimal"), b"4294967296"),
        (settings("decimal"), b"12 34"),
        (settings("wiegand26"), b"3D12D"),
        (settings("wiegand26"), b"FF3D12D6"),
        (settings("wiegand26"), b"04002518X"),
        (settings("wiegand26", parity=SENT), b"07A25AC"),
        (settings("wiegand26", DECIMAL), b"256,1"),
        (settings("wiegand26", DECIMAL), b"1,65536"),
        (settings("wiegand26", DECIMAL), b"16777216"),
        (settings("wiegand34"), b"3D12D6"),
        (settings("wiegand37"), b"FFFFFFFFFF"),
        (settings("keypad"), b"12#"),
        (settings("keypad"), "\uff11\uff12".encode()),
    ],
)
def test_a_line_of_another_kind_is_no_read(given_settings: DialectSettings, line: bytes) -> None:
    """Half a number, a wrong parity, a number out of range: nothing is guessed."""
    assert read_line(given_settings, line) is None


def test_medium_follows_from_the_dialect() -> None:
    """The text of a code stays as it is; typed digits are a keypad's."""
    assert read_line(settings("qr"), b" CP1:A B ") == Read(Medium.QR, b" CP1:A B ")
    assert read_line(settings("keypad"), b"4711") == Read(Medium.KEYPAD, b"KEYS:4711")
    assert read_line(settings("qr"), b"") is None


@given(
    st.builds(
        settings,
        st.sampled_from([name for name in Dialect if name is not Dialect.QR]),
        st.sampled_from(NumberBase),
        st.sampled_from(ParityBits),
        st.sampled_from(ByteOrder),
    ),
    st.binary(max_size=40) | st.from_regex(rb"[0-9A-F,: ]{1,20}", fullmatch=True),
)
def test_any_line_is_a_card_for_the_gate_or_nothing(
    given_settings: DialectSettings, line: bytes
) -> None:
    """No bytes raise anything, and what is read can be looked up."""
    read = read_line(given_settings, line)
    assert read is None or read_card(read.payload) is not None
