"""Cards and keys as the one text by which a gate looks them up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access_core.clock import Instant
from device_drivers.osdp_bus.messages import CardBits
from device_drivers.osdp_reader.codec import KeyCollector, card_text
from simulators.osdp_reader import wiegand_26

NOW = Instant(mono_ns=10**9, wall_ms=0)
WAIT_MS = 3_000


def card(bits: str) -> CardBits:
    """As a reader gives it: first bit highest, filled with zeros."""
    filled = bits.ljust(-(-len(bits) // 8) * 8, "0")
    return CardBits(int(filled, 2).to_bytes(len(filled) // 8), len(bits))


# Facility 1, number 1 in H10301: even parity leading, odd parity trailing.
W26_OF_1_1 = "1" + "00000001" + "0000000000000001" + "0"


@pytest.mark.parametrize(
    ("bits", "text"),
    [
        (W26_OF_1_1, b"W26:010001"),
        (wiegand_26(12, 345), b"W26:0C0159"),
        ("0" + W26_OF_1_1[1:], b"BITS26:00020002"),
        ("10110", b"BITS5:16"),
        ("1" * 32, b"BITS32:FFFFFFFF"),
        ("1" * 129, None),
    ],
)
def test_a_card_is_read_by_its_format_or_as_raw_bits(bits: str, text: bytes | None) -> None:
    """Parity that does not hold makes raw bits, never another card; too long is none."""
    assert card_text(card(bits)) == text


@pytest.mark.parametrize(("count", "text"), [(34, b"W34:00000003"), (37, b"W37:0000000003")])
def test_longer_formats_check_their_parity(count: int, text: bytes) -> None:
    """Number 3 with both parity bits right; with the last one wrong it is raw."""
    inside = f"{3:0{count - 2}b}"
    trailing = "1"
    assert card_text(card("0" + inside + trailing)) == text
    wrong = card_text(card("0" + inside + "0"))
    assert wrong is not None
    assert wrong.startswith(f"BITS{count}:".encode())


@given(data=st.binary(min_size=1, max_size=64), spare=st.integers(0, 7))
def test_any_card_has_one_text_or_none(data: bytes, spare: int) -> None:
    """Whatever a reader gives."""
    count = len(data) * 8 - spare
    text = card_text(CardBits(data, count))
    assert (text is None) is (count > 128)


def test_digits_are_an_entry_when_enter_is_pressed() -> None:
    """`#` ends it; alone it is nothing."""
    keys = KeyCollector(WAIT_MS)
    assert keys.pressed(b"12", NOW, is_fresh=True) == []
    assert keys.pressed(b"34#", NOW, is_fresh=True) == [(b"KEYS:1234", True)]
    assert keys.pressed(b"#\r", NOW, is_fresh=True) == []


def test_an_entry_ends_by_waiting() -> None:
    """After the time without a key, once."""
    keys = KeyCollector(WAIT_MS)
    keys.pressed(b"77", NOW, is_fresh=True)
    assert keys.waited(NOW.plus_ms(WAIT_MS - 1)) == []
    assert keys.waited(NOW.plus_ms(WAIT_MS)) == [(b"KEYS:77", True)]
    assert keys.waited(NOW.plus_ms(2 * WAIT_MS)) == []


@pytest.mark.parametrize("clear", [b"*", b"\x7f"])
def test_a_star_begins_anew(clear: bytes) -> None:
    """What was typed before is forgotten."""
    keys = KeyCollector(WAIT_MS)
    assert keys.pressed(b"99" + clear + b"1#", NOW, is_fresh=True) == [(b"KEYS:1", True)]


def test_one_old_key_makes_the_entry_old() -> None:
    """And the next entry is judged by its own keys."""
    keys = KeyCollector(WAIT_MS)
    keys.pressed(b"1", NOW, is_fresh=False)
    assert keys.pressed(b"2#", NOW, is_fresh=True) == [(b"KEYS:12", False)]
    assert keys.pressed(b"3#", NOW, is_fresh=True) == [(b"KEYS:3", True)]


def test_too_many_keys_are_no_entry() -> None:
    """Seventeen digits are forgotten; letters are no keys."""
    keys = KeyCollector(WAIT_MS)
    assert keys.pressed(b"1" * 17 + b"#", NOW, is_fresh=True) == []
    assert keys.pressed(b"aB5#", NOW, is_fresh=True) == [(b"KEYS:5", True)]
