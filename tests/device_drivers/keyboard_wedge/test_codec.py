"""Key presses of scanners that type."""

from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access_core.devices.events import Medium
from device_drivers.dialects import MAX_LINE, Dialect, DialectSettings, Read
from device_drivers.keyboard_wedge.codec import EVENT, OTHER_KEYS, KeyCodec
from simulators.keyboard import SimulatedKeyboard

KEYBOARD = SimulatedKeyboard(Path("unplugged"))
ENTER, F1, LEFT_SHIFT = 28, 59, 42
PASS = "CP1:AB $%*+-./ 09"


def _codec(dialect: Dialect = Dialect.QR) -> tuple[KeyCodec, Counter[str]]:
    counts: Counter[str] = Counter()
    return KeyCodec(DialectSettings(dialect=dialect), counts), counts


def _typed(text: str) -> bytes:
    return KEYBOARD.typed(text) + KEYBOARD.key(ENTER)


@pytest.mark.parametrize("text", [PASS, "lower case", "0123456789"])
def test_what_is_typed_is_read(text: str) -> None:
    """Every character of a pass survives a US keyboard, with shift and without."""
    codec, counts = _codec()
    assert codec.feed(_typed(text)) == [Read(Medium.QR, text.encode())]
    assert counts["lines"] == 1


def test_a_key_held_down_is_typed_once() -> None:
    """The kernel's own repetitions mean nothing."""
    codec, _ = _codec()
    repeated = EVENT.pack(0, 0, 1, 2, 2) * 5
    assert codec.feed(KEYBOARD.key(2) + repeated + KEYBOARD.key(ENTER)) == [Read(Medium.QR, b"1")]


def test_a_line_with_an_unknown_key_is_no_read() -> None:
    """A character lost is another number: the whole line goes, and the next is read."""
    codec, counts = _codec()
    spoilt = KEYBOARD.typed("12") + KEYBOARD.key(F1) + _typed("34")
    assert codec.feed(spoilt) == []
    assert codec.complaint == OTHER_KEYS
    assert counts["unknown_keys"] == 1
    assert codec.feed(_typed("56")) == [Read(Medium.QR, b"56")]
    assert not codec.complaint


def test_keys_lost_in_the_kernel_spoil_their_line_and_let_go_of_shift() -> None:
    """What the kernel says it has dropped may have been anything, also the end of a shift."""
    codec, counts = _codec()
    dropped = EVENT.pack(0, 0, 0, 3, 0)
    shift_down = EVENT.pack(0, 0, 1, LEFT_SHIFT, 1)
    assert codec.feed(shift_down + dropped + KEYBOARD.key(ENTER)) == []
    assert codec.feed(_typed("ab")) == [Read(Medium.QR, b"ab")]
    assert counts["lost_keys"] == 1


def test_a_line_without_end_is_bounded() -> None:
    """A key that never ends a line costs no memory and is counted."""
    codec, counts = _codec()
    assert codec.feed(KEYBOARD.key(2) * (MAX_LINE + 1) + KEYBOARD.key(ENTER)) == []
    assert counts["too_long"] == 1


def test_a_line_of_another_dialect_says_what_to_check() -> None:
    """Typed text where a card number is due."""
    codec, counts = _codec(Dialect.WIEGAND26)
    assert codec.feed(_typed("hello")) == []
    assert codec.complaint == OTHER_KEYS
    assert counts["other_dialect"] == 1


def test_a_half_line_is_forgotten_on_demand() -> None:
    """Broken off and not typed on."""
    codec, _ = _codec()
    codec.feed(KEYBOARD.typed("half") + b"\0" * 5)
    before = codec.has_partial
    codec.discard_partial()
    assert (before, codec.has_partial) == (True, False)
    assert codec.feed(_typed("whole")) == [Read(Medium.QR, b"whole")]


@given(
    stream=st.lists(
        st.sampled_from([_typed("A1"), KEYBOARD.typed("b"), KEYBOARD.key(F1)])
        | st.binary(max_size=60),
        max_size=5,
    ).map(b"".join),
    cuts=st.lists(st.integers(0, 2000), max_size=6),
)
def test_any_split_gives_the_same_reads(stream: bytes, cuts: list[int]) -> None:
    """However the kernel hands events out, reads and counts are the same, and nothing raises."""
    whole, counts = _codec()
    pieces, pieces_counts = _codec()
    expected = whole.feed(stream)
    bounds = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    assert [r for a, b in pairwise(bounds) for r in pieces.feed(stream[a:b])] == expected
    assert pieces_counts == counts
