"""Line framing of scanners."""

from collections import Counter
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from device_drivers.dialects import MAX_LINE, Dialect, DialectSettings
from device_drivers.serial_scanner.codec import GARBLED, OTHER_DIALECT, ScannerCodec

_SHORT = 20


def _codec(
    max_line: int = MAX_LINE, dialect: Dialect = Dialect.QR
) -> tuple[ScannerCodec, Counter[str]]:
    """A codec and what it counts."""
    counts: Counter[str] = Counter()
    return ScannerCodec(DialectSettings(dialect=dialect), counts, max_line=max_line), counts


def _payloads(codec: ScannerCodec, data: bytes) -> list[bytes]:
    return [read.payload for read in codec.feed(data)]


def test_each_terminator_ends_a_line_and_crlf_ends_it_once() -> None:
    """CR, LF and CRLF each end one line, and no empty line is handed out."""
    codec, _ = _codec()
    assert _payloads(codec, b"A\rB\nC\r\n\r\nD\n") == [b"A", b"B", b"C", b"D"]


def test_spaces_survive() -> None:
    """Inner and outer spaces belong to the code: base45 contains the space."""
    codec, _ = _codec()
    assert _payloads(codec, b" CP1:A B \r") == [b" CP1:A B "]


def test_a_line_of_the_longest_length_passes_and_one_byte_more_does_not() -> None:
    """The limit is exact, and the line after a too long one is read."""
    codec, counts = _codec(max_line=8)
    assert _payloads(codec, b"12345678\r123456789\rnext\r") == [b"12345678", b"next"]
    assert counts["too_long"] == 1


def test_lines_with_control_characters_are_noise() -> None:
    """A line holding control characters is dropped and counted; a GS1 separator is no noise."""
    codec, counts = _codec()
    assert _payloads(codec, b"\x01A\r01\x1d21\rB\x7f\r") == [b"01\x1d21"]
    assert counts["junk_lines"] == 2
    assert counts["discarded_bytes"] == 4
    assert codec.complaint == GARBLED


def test_a_line_of_another_dialect_says_what_to_check() -> None:
    """Readable lines that are no cards are a wrong setting, not a bad cable."""
    codec, counts = _codec(dialect=Dialect.WIEGAND26)
    assert _payloads(codec, b"hello\r") == []
    assert codec.complaint == OTHER_DIALECT
    assert counts["other_dialect"] == 1
    assert _payloads(codec, b"3D12D6\r") == [b"W26:3D12D6"]
    assert not codec.complaint


def test_a_half_line_is_forgotten_on_demand() -> None:
    """After `discard_partial` the next line does not begin with the leftovers."""
    codec, _ = _codec()
    codec.feed(b"half a co")
    assert codec.has_partial
    codec.discard_partial()
    assert _payloads(codec, b"whole\r") == [b"whole"]


@given(stream=st.binary(max_size=300), cuts=st.lists(st.integers(0, 300), max_size=8))
def test_any_split_gives_the_same_lines(stream: bytes, cuts: list[int]) -> None:
    """However a stream is cut into reads, lines and counts are the same."""
    whole, whole_counts = _codec(_SHORT)
    pieces, pieces_counts = _codec(_SHORT)
    expected = whole.feed(stream)
    bounds = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    given_lines = [
        line for start, end in pairwise(bounds) for line in pieces.feed(stream[start:end])
    ]
    assert given_lines == expected
    assert pieces_counts == whole_counts


@given(st.binary(max_size=2000))
def test_memory_is_bounded(stream: bytes) -> None:
    """Whatever comes, no line is longer than the limit and no byte is lost uncounted."""
    codec, counts = _codec(_SHORT)
    lines = _payloads(codec, stream)
    codec.discard_partial()
    assert all(len(line) <= _SHORT for line in lines)
    kept = sum(map(len, lines)) + counts["discarded_bytes"]
    assert kept == len(stream) - stream.count(b"\r") - stream.count(b"\n")
