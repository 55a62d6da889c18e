"""Commands and replies, byte by byte."""

import contextlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access_core.errors import MalformedMessage, ProgramError
from device_drivers.osdp_bus.messages import (
    Abilities,
    Capability,
    Colour,
    Light,
    OutputControl,
    Switch,
    comset_data,
    keyset_data,
    light_data,
    nak_words,
    output_data,
    read_abilities,
    read_card,
    read_identity,
    read_keys,
    sound_data,
    text_data,
)


def test_an_identity_reads_as_a_technician_needs_it() -> None:
    """Vendor, model, serial number and firmware in words."""
    identity = read_identity(bytes.fromhex("CAFE0107026712000001 0402"))
    assert identity.in_words() == "vendor CAFE01, model 7.2, serial 4711, firmware 1.4.2"


def test_abilities_tell_level_and_count() -> None:
    """Two outputs; an ability of level 0 is none, whatever it counts."""
    abilities = read_abilities(bytes([2, 1, 2, 1, 0, 4]))
    assert abilities == Abilities({2: (1, 2), 1: (0, 4)})
    assert abilities.count(Capability.OUTPUTS) == 2
    assert abilities.count(Capability.INPUTS) == 0
    assert abilities.level(Capability.TEXT) == 0


def test_bits_beyond_the_card_are_zero() -> None:
    """Whatever a reader leaves in the last byte, only the card's bits are read."""
    card = read_card(bytes([0, 1, 12, 0, 0xAB, 0xCF]))
    assert (card.data, card.count) == (bytes([0xAB, 0xC0]), 12)


def test_keys_come_in_their_order() -> None:
    """As many as the reply says."""
    assert read_keys(bytes([0, 2]) + b"12") == b"12"


@pytest.mark.parametrize(
    ("read", "data"),
    [
        (read_identity, bytes(11)),
        (read_abilities, bytes(4)),
        (read_card, bytes([0, 1, 26, 0, 1, 2, 3])),
        (read_card, bytes([0, 1, 0, 0])),
        (read_card, b""),
        (read_keys, bytes([0, 3]) + b"12"),
        (read_keys, b""),
    ],
)
def test_short_replies_are_refused(read: Callable[[bytes], object], data: bytes) -> None:
    """A reply that says more than it carries is malformed."""
    with pytest.raises(MalformedMessage, match="bytes"):
        read(data)


@given(data=st.binary(max_size=300))
def test_any_reply_is_read_or_refused(data: bytes) -> None:
    """Nothing but a clear refusal comes of noise."""
    for read in (read_identity, read_abilities, read_card, read_keys):
        with contextlib.suppress(MalformedMessage):
            read(data)


def test_a_refusal_reads_in_words() -> None:
    """Known reasons in words, others by number."""
    assert "Secure Channel" in nak_words(b"\x05")
    assert nak_words(b"\x63") == "reason 99"
    assert nak_words(b"") == "reason 0"


def test_an_output_is_switched_for_a_time_or_for_good() -> None:
    """Steps of 100 ms, low byte first, rounded up."""
    assert output_data(Switch(1, OutputControl.ON_FOR, 30_050)) == bytes([1, 5, 0x2D, 0x01])
    assert output_data(Switch(0, OutputControl.OFF)) == bytes([0, 1, 0, 0])
    assert Switch(0, OutputControl.ON_FOR, 100).is_on
    assert not Switch(0, OutputControl.OFF).is_on


def test_a_light_shines_for_a_time_or_for_good() -> None:
    """14 bytes; a timed light leaves the lasting one alone, and the other way round."""
    light = Light(Colour.GREEN, on_ms=200, off_ms=100)
    timed, lasting = light_data(light, 3_000), light_data(light, 0)
    assert timed == bytes([0, 0, 2, 2, 1, 2, 0, 30, 0, 0, 0, 0, 0, 0])
    assert lasting == bytes([0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 2, 1, 2, 0])


def test_a_sound_has_a_rhythm() -> None:
    """Default tone, on, off, how often."""
    assert sound_data(100, 200, 3) == bytes([0, 2, 1, 2, 3])


def test_a_text_is_shown_for_seconds_that_fit() -> None:
    """Other letters than the display's become question marks; the time has one byte."""
    assert text_data("Go é", 0) == bytes([0, 4, 1, 1, 1, 4]) + b"Go ?"
    assert text_data("x", 999)[2] == 255


def test_a_text_that_cannot_be_sent_is_a_mistake_of_the_program() -> None:
    """More than 255 characters have no place in the command."""
    with pytest.raises(ProgramError, match="256 characters"):
        text_data("x" * 256, 1)


def test_key_and_settings_of_the_line_are_given() -> None:
    """KEYSET and COMSET as chapter 6 lays them out."""
    assert keyset_data(b"k" * 16) == bytes([1, 16]) + b"k" * 16
    assert comset_data(0, 38_400) == bytes([0, 0, 0x96, 0, 0])
