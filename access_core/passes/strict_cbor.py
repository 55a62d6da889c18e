"""The part of CBOR (RFC 8949) that a pass is made of, read strictly and item by item.

A general CBOR library is not for bytes that nobody has vouched for: it follows tags into
decimals, dates, regular expressions and cycles, and a hostile text of 100 characters can make it
raise what no caller expects (cbor2 5.9, decimal tags, 2026-11-23). This reader knows unsigned
integers, byte strings, arrays and maps of definite length, in their shortest form (4.2.1), and
never descends by itself: the layout asks for each item, so nothing can nest.
"""

from enum import Enum
from typing import Final


class Problem(Enum):
    """Why the bytes are not what was asked for."""

    TRUNCATED = "ends within an item, or the head is reserved"
    NOT_SHORTEST = "not the one deterministic encoding"
    OTHER_KIND = "another kind or length of item than the layout asks for"


class CborProblem(Exception):
    """The next item is not what the layout asks for. Never leaves `passes`."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.value)
        self.problem = problem


UINT: Final = 0
NEGATIVE: Final = 1
BYTES: Final = 2
ARRAY: Final = 4
MAP: Final = 5
"""Major types, RFC 8949 3.1."""

_DIRECT: Final = 24
"""Arguments below stand in the head itself; 24..27 say 1, 2, 4 or 8 bytes follow."""
_INDEFINITE: Final = 31
_ARGUMENT: Final = {24: (1, 24), 25: (2, 1 << 8), 26: (4, 1 << 16), 27: (8, 1 << 32)}
"""Additional information -> (bytes that follow, smallest argument that needs so many)."""


class Cursor:
    """Reads one CBOR sequence from front to back; every method moves past what it gives."""

    __slots__ = ("_at", "_data")

    def __init__(self, data: bytes) -> None:
        """Stands before the first item of `data`."""
        self._data = data
        self._at = 0

    @property
    def is_at_end(self) -> bool:
        """Whether nothing follows."""
        return self._at == len(self._data)

    def head(self, kind: int) -> int:
        """The argument of the next head, which must be of major type `kind`.

        A number for UINT, a count for ARRAY and MAP, a length for BYTES.
        """
        data, at = self._data, self._at
        if at >= len(data):
            raise CborProblem(Problem.TRUNCATED)
        initial = data[at]
        argument = initial & 0x1F
        if initial >> 5 != kind:
            raise CborProblem(Problem.OTHER_KIND)
        if argument < _DIRECT:
            self._at = at + 1
            return argument
        return self._long_argument(argument)

    def byte_string(self, length: int | None = None) -> bytes:
        """The next byte string; exactly `length` bytes long if that is given."""
        found = self.head(BYTES)
        if length is not None and found != length:
            raise CborProblem(Problem.OTHER_KIND)
        start = self._at
        self._at = end = start + found
        if end > len(self._data):
            raise CborProblem(Problem.TRUNCATED)
        return self._data[start:end]

    def _long_argument(self, argument: int) -> int:
        if argument == _INDEFINITE:
            raise CborProblem(Problem.NOT_SHORTEST)
        if argument not in _ARGUMENT:
            raise CborProblem(Problem.TRUNCATED)
        size, smallest = _ARGUMENT[argument]
        start = self._at + 1
        self._at = start + size
        if self._at > len(self._data):
            raise CborProblem(Problem.TRUNCATED)
        value = int.from_bytes(self._data[start : self._at], "big")
        if value < smallest:
            raise CborProblem(Problem.NOT_SHORTEST)
        return value


def byte_string(data: bytes) -> bytes:
    """`data` of less than 256 bytes as the one byte string item that `Cursor` would read."""
    length = len(data)
    if length < _DIRECT:
        return bytes((BYTES << 5 | length,)) + data
    return bytes((BYTES << 5 | _DIRECT, length)) + data
