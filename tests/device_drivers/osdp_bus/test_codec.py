"""Frames of an OSDP line, from the specification's own examples to noise."""

import random

from hypothesis import given
from hypothesis import strategies as st

from device_drivers.osdp_bus.codec import (
    MARK,
    MAX_FRAME,
    SOM,
    Frame,
    FrameReader,
    checksum,
    covered,
    crc16,
    encode,
)

# SIA OSDP 2.2, annex E: the examples of CRC and checksum.
COMSET_TO_ALL = bytes.fromhex("537F0D00046E0080250000")
COMSET_CRC = bytes.fromhex("6E38")
ID_TO_0 = bytes.fromhex("53000900046100")
ID_CRC = bytes.fromhex("C066")
COMSET_TO_ALL_SUMMED = bytes.fromhex("537F0C00006E0080250000")
ID_TO_0_SUMMED = bytes.fromhex("53000800006100")

POLL = Frame(address=5, is_reply=False, sequence=2, body=b"\x60")

frames = st.builds(
    Frame,
    address=st.integers(0, 127),
    is_reply=st.booleans(),
    sequence=st.integers(0, 3),
    body=st.binary(min_size=1, max_size=200),
    block=st.sampled_from([b"", b"\x11\x01", b"\x12\x00", b"\x14\x01"]),
    has_crc=st.booleans(),
) | st.builds(
    Frame,
    address=st.integers(0, 127),
    is_reply=st.booleans(),
    sequence=st.integers(0, 3),
    body=st.binary(min_size=1, max_size=200),
    block=st.sampled_from([b"\x15", b"\x16", b"\x17", b"\x18"]),
    mac=st.binary(min_size=4, max_size=4),
)


def test_crc_and_checksum_are_those_of_the_specification() -> None:
    """The four examples of SIA OSDP 2.2, annex E, byte for byte."""
    assert crc16(COMSET_TO_ALL).to_bytes(2, "little") == COMSET_CRC
    assert crc16(ID_TO_0).to_bytes(2, "little") == ID_CRC
    assert checksum(COMSET_TO_ALL_SUMMED) == 0x0F
    assert checksum(ID_TO_0_SUMMED) == 0x44


def test_the_examples_of_the_specification_are_read_as_frames() -> None:
    """The same bytes as frames: address, code and data, with CRC and with checksum."""
    reader = FrameReader()
    first, second = reader.feed(COMSET_TO_ALL + COMSET_CRC + ID_TO_0_SUMMED + b"\x44")
    assert (first.address, first.has_crc, first.body) == (127, True, COMSET_TO_ALL[5:])
    assert (second.address, second.has_crc, second.body) == (0, False, b"\x61\x00")
    assert encode(first)[1:] == COMSET_TO_ALL + COMSET_CRC


@given(frame=frames)
def test_what_is_encoded_is_read_again(frame: Frame) -> None:
    """Every frame survives the line unchanged."""
    assert FrameReader().feed(encode(frame)) == [frame]


@given(sent=st.lists(frames, min_size=1, max_size=4), seed=st.integers(0, 2**32))
def test_any_split_gives_the_same_frames(sent: list[Frame], seed: int) -> None:
    """Bytes in pieces, frames glued together: the same frames in the same order."""
    dice, reader, found = random.Random(seed), FrameReader(), []
    stream = b"".join(map(encode, sent))
    while stream:
        size = dice.randint(1, 20)
        found += reader.feed(stream[:size])
        stream = stream[size:]
    assert found == sent


@given(noise=st.binary(max_size=2_000))
def test_noise_is_survived_and_not_kept(noise: bytes) -> None:
    """Whatever comes, less than one frame is kept and a good frame is found after giving up."""
    reader = FrameReader()
    reader.feed(noise)
    assert len(reader._heard) < MAX_FRAME
    reader.give_up()
    assert not reader.has_partial
    assert POLL in reader.feed(encode(POLL))


@given(frame=frames, seed=st.integers(0, 2**32))
def test_a_flipped_bit_is_never_taken_for_a_frame(frame: Frame, seed: int) -> None:
    """One wrong bit anywhere: the frame is not read, not even as another."""
    dice, raw = random.Random(seed), bytearray(encode(frame))
    raw[dice.randrange(1, len(raw))] ^= 1 << dice.randrange(8)
    reader = FrameReader()
    found = reader.feed(bytes(raw)) + reader.give_up()
    assert frame not in found


def test_a_frame_behind_a_false_start_is_found() -> None:
    """Noise that promises a long frame hides nothing once the line has given up on it."""
    reader = FrameReader()
    false_start = bytes([SOM, 5, 0xFF, 0x01, 4])
    assert reader.feed(false_start + encode(POLL)) == []
    assert reader.give_up() == [POLL]


def test_marks_between_frames_are_no_noise() -> None:
    """Bytes of ones idle on the line; noise is counted, until the next good frame."""
    reader = FrameReader()
    reader.feed(bytes([MARK]) * 5 + encode(POLL))
    assert reader.counts.junk_bytes == 0
    reader.feed(b"abc")
    assert reader.counts.junk_since_frame == 3
    reader.feed(encode(POLL))
    assert (reader.counts.junk_since_frame, reader.counts.frames) == (0, 2)


def test_a_wrong_check_is_counted() -> None:
    """A whole frame with a wrong CRC is no frame, and shows in the counters."""
    reader = FrameReader()
    raw = encode(POLL)
    assert reader.feed(raw[:-1] + bytes([raw[-1] ^ 1])) == []
    assert reader.counts.bad_checks == 1


def test_the_mac_covers_the_length_of_the_whole() -> None:
    """What the MAC is made of already counts the MAC and the CRC."""
    sealed = Frame(5, is_reply=False, sequence=1, body=b"\x60", block=b"\x15", mac=b"abcd")
    assert covered(sealed)[2] == len(encode(sealed)) - 1
