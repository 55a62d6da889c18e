"""Line framing of scanners."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from device_drivers.serial_scanner.codec import LineFramer


def test_each_terminator_ends_a_line_and_crlf_ends_it_once() -> None:
    """CR, LF and CRLF each end one line, and no empty line is handed out."""
    assert LineFramer().feed(b"A\rB\nC\r\n\r\nD\n") == [b"A", b"B", b"C", b"D"]


def test_spaces_survive() -> None:
    """Inner and outer spaces belong to the code: base45 contains the space."""
    assert LineFramer().feed(b" CP1:A B \r") == [b" CP1:A B "]


def test_a_line_of_the_longest_length_passes_and_one_byte_more_does_not() -> None:
    """The limit is exact, and the line after a too long one is read."""
    framer = LineFramer(max_line=8)
    assert framer.feed(b"12345678\r123456789\rnext\r") == [b"12345678", b"next"]
    assert framer.counts.too_long == 1


def test_lines_with_control_characters_are_noise() -> None:
    """A line holding control characters is dropped and counted; a GS1 separator is no noise."""
    framer = LineFramer()
    assert framer.feed(b"\x01A\r01\x1d21\rB\x7f\r") == [b"01\x1d21"]
    assert framer.counts.junk_lines == 2
    assert framer.counts.discarded_bytes == 4


def test_a_half_line_is_forgotten_on_demand() -> None:
    """After `discard_partial` the next line does not begin with the leftovers."""
    framer = LineFramer()
    framer.feed(b"half a co")
    assert framer.has_partial
    framer.discard_partial()
    assert framer.feed(b"whole\r") == [b"whole"]


@given(stream=st.binary(max_size=300), cuts=st.lists(st.integers(0, 300), max_size=8))
def test_any_split_gives_the_same_lines(stream: bytes, cuts: list[int]) -> None:
    """However a stream is cut into reads, lines and counts are the same."""
    whole, pieces = LineFramer(max_line=20), LineFramer(max_line=20)
    expected = whole.feed(stream)
    bounds = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    given_lines = [
        line for start, end in pairwise(bounds) for line in pieces.feed(stream[start:end])
    ]
    assert given_lines == expected
    assert pieces.counts == whole.counts


@given(st.binary(max_size=2000))
def test_memory_is_bounded(stream: bytes) -> None:
    """Whatever comes, no line is longer than the limit and no byte is lost uncounted."""
    framer = LineFramer(max_line=20)
    lines = framer.feed(stream)
    framer.discard_partial()
    assert all(len(line) <= 20 for line in lines)
    kept = sum(map(len, lines)) + framer.counts.discarded_bytes
    assert kept == len(stream) - stream.count(b"\r") - stream.count(b"\n")
