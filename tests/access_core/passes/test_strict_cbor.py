"""The strict CBOR reader, with cbor2 as an outside witness."""

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from access_core.passes.strict_cbor import (
    ARRAY,
    BYTES,
    MAP,
    NEGATIVE,
    UINT,
    CborProblem,
    Cursor,
    Problem,
    byte_string,
)


def problem_of(data: bytes, kind: int) -> Problem:
    """What is wrong with the first head."""
    with pytest.raises(CborProblem) as caught:
        Cursor(data).head(kind)
    return caught.value.problem


@given(st.integers(0, 2**64 - 1))
def test_unsigned_integers_as_cbor2_writes_them(number: int) -> None:
    """Every unsigned integer in its shortest form is read."""
    cursor = Cursor(cbor2.dumps(number, canonical=True))
    assert cursor.head(UINT) == number
    assert cursor.is_at_end


@given(st.binary(max_size=300))
def test_byte_strings_as_cbor2_writes_them(data: bytes) -> None:
    """Every byte string is read, with or without its length being asked for."""
    encoded = cbor2.dumps(data, canonical=True)
    assert Cursor(encoded).byte_string() == data
    assert Cursor(encoded).byte_string(len(data)) == data


@given(st.binary(min_size=1, max_size=12), st.sampled_from([UINT, NEGATIVE, BYTES, ARRAY, MAP]))
def test_whatever_head_it_takes_is_the_shortest(data: bytes, kind: int) -> None:
    """A head is accepted only if there is no shorter way to say the same."""
    cursor = Cursor(data)
    try:
        argument = cursor.head(kind)
    except CborProblem:
        return
    shortest = bytearray(cbor2.dumps(argument))
    shortest[0] |= kind << 5
    assert data.startswith(bytes(shortest))


@pytest.mark.parametrize(
    ("data", "kind", "problem"),
    [
        (b"", UINT, Problem.TRUNCATED),
        (b"\x18", UINT, Problem.TRUNCATED),
        (b"\x19\x01", UINT, Problem.TRUNCATED),
        (b"\x1c", UINT, Problem.TRUNCATED),
        (b"\x1d\x00", UINT, Problem.TRUNCATED),
        (b"\x18\x17", UINT, Problem.NOT_SHORTEST),
        (b"\x19\x00\xff", UINT, Problem.NOT_SHORTEST),
        (b"\x1a\x00\x00\xff\xff", UINT, Problem.NOT_SHORTEST),
        (b"\x1b\x00\x00\x00\x00\xff\xff\xff\xff", UINT, Problem.NOT_SHORTEST),
        (b"\x9f\xff", ARRAY, Problem.NOT_SHORTEST),
        (b"\xbf\xff", MAP, Problem.NOT_SHORTEST),
        (b"\x5f\xff", BYTES, Problem.NOT_SHORTEST),
        (b"\x20", UINT, Problem.OTHER_KIND),
        (b"\xd2\x84", ARRAY, Problem.OTHER_KIND),
        (b"\xf5", UINT, Problem.OTHER_KIND),
        (b"\xf9\x3c\x00", UINT, Problem.OTHER_KIND),
        (b"\x60", BYTES, Problem.OTHER_KIND),
    ],
)
def test_refused_heads(data: bytes, kind: int, problem: Problem) -> None:
    """Truncated, reserved, longer than needed, indefinite, tagged, simple, float and text."""
    assert problem_of(data, kind) is problem


def test_a_byte_string_of_another_length_is_refused() -> None:
    """The length asked for must be the length found."""
    with pytest.raises(CborProblem) as caught:
        Cursor(b"\x42ab").byte_string(3)
    assert caught.value.problem is Problem.OTHER_KIND


def test_a_byte_string_that_ends_early_is_refused() -> None:
    """A length beyond the data is refused without reserving that much."""
    with pytest.raises(CborProblem) as caught:
        Cursor(b"\x5b\x7f\xff\xff\xff\xff\xff\xff\xffab").byte_string()
    assert caught.value.problem is Problem.TRUNCATED


@given(st.binary(max_size=255))
def test_byte_strings_are_written_as_cbor2_writes_them(data: bytes) -> None:
    """The two ways to write the same item agree."""
    assert byte_string(data) == cbor2.dumps(data, canonical=True)
