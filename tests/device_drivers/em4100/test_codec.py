"""Frames of tag readers, both dialects."""

from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access_core.devices.events import Medium
from access_core.passes.card import read_card
from device_drivers.dialects import Read
from device_drivers.em4100.codec import GARBLED, TagCodec, TagDialect
from simulators.tag_reader import Make, SimulatedTagReader

GOLDEN = b"\x0262E3086CED08\x03"
"""The example frame of Seeed's wiki page of the 125 kHz card reader module: card 62E3086CED,
checksum 08 = 62 xor E3 xor 08 xor 6C xor ED."""
CARD = Read(Medium.CARD, b"EM4100:62E3086CED")
NUMBER = bytes.fromhex("62E3086CED")
BINARY = bytes.fromhex("020A0262E3086CED0003")
"""Length 10, type 2 (EM4100): the layout of sections 12 and 13 of the Gwiot 7941E manual."""


def _codec(dialect: TagDialect = TagDialect.ASCII) -> tuple[TagCodec, Counter[str]]:
    counts: Counter[str] = Counter()
    return TagCodec(dialect, counts), counts


def test_a_known_ascii_frame_is_read() -> None:
    """The maker's own example, and the same with the line end of its cousins."""
    codec, counts = _codec()
    assert codec.feed(GOLDEN + GOLDEN[:-1] + b"\r\n\x03") == [CARD, CARD]
    assert counts["frames"] == 2
    assert not codec.has_partial


def test_a_binary_frame_is_read_by_its_card_type() -> None:
    """An EM4100 tag and a MIFARE card are told apart; keys pressed are no card."""
    codec, counts = _codec(TagDialect.BINARY)
    reader = SimulatedTagReader(Path("unplugged"), make=Make.GWIOT_7941E)
    mifare = bytes.fromhex("04A1B2C3")
    assert codec.feed(BINARY + reader.frame(mifare)) == [CARD, Read(Medium.CARD, b"UID:04A1B2C3")]
    assert reader.frame(NUMBER) == BINARY
    keys = bytearray(reader.frame(mifare))
    keys[2] = 0xFF
    keys[-2] ^= 0x01 ^ 0xFF
    assert codec.feed(bytes(keys)) == []
    assert counts["unknown_cards"] == 1


@pytest.mark.parametrize("at", range(1, len(GOLDEN) - 1))
def test_a_wrong_character_is_no_card(at: int) -> None:
    """Any character changed: refused and counted, and the next frame is read."""
    broken = bytearray(GOLDEN)
    broken[at] ^= 0x01
    codec, counts = _codec()
    assert codec.feed(bytes(broken) + GOLDEN) == [CARD]
    assert counts["bad_checksums"] + counts["broken_frames"] >= 1


def test_half_a_frame_does_not_spoil_the_next() -> None:
    """A frame cut off is given up at the next one's beginning, and what was lost is counted."""
    codec, counts = _codec()
    assert codec.feed(GOLDEN[:8]) == []
    assert codec.has_partial
    assert codec.feed(GOLDEN) == [CARD]
    assert counts["discarded_bytes"] == 8


def test_garbage_says_what_to_check_and_a_good_frame_takes_it_back() -> None:
    """Words for the technician, as long as they hold."""
    codec, _ = _codec()
    codec.feed(b"\x55" * 70)
    assert codec.complaint == GARBLED
    assert codec.discarded_since_good == 70
    codec.feed(GOLDEN)
    assert not codec.complaint
    assert codec.discarded_since_good == 0


def test_a_half_frame_is_forgotten_on_demand() -> None:
    """After a silence nothing of it is left."""
    codec, _ = _codec()
    codec.feed(GOLDEN[:5])
    codec.discard_partial()
    assert not codec.has_partial


_STREAMS = st.lists(
    st.binary(max_size=20) | st.sampled_from([GOLDEN, BINARY, GOLDEN[:6], b"\x02"]), max_size=8
).map(b"".join)


@given(
    dialect=st.sampled_from(TagDialect),
    stream=_STREAMS,
    cuts=st.lists(st.integers(0, 200), max_size=6),
)
def test_any_split_gives_the_same_reads(
    dialect: TagDialect, stream: bytes, cuts: list[int]
) -> None:
    """However a stream is cut, reads and counts are the same; each read can be looked up."""
    whole, counts = _codec(dialect)
    pieces, pieces_counts = _codec(dialect)
    expected = whole.feed(stream)
    bounds = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    assert [r for a, b in pairwise(bounds) for r in pieces.feed(stream[a:b])] == expected
    assert pieces_counts == counts
    assert all(read_card(read.payload) is not None for read in expected)
