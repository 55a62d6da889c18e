"""What is taken from the codes in a picture: each payload once, not too many, not too long. No I/O.

How codes are found in a picture is `decoder`'s business; pictures are too large a thing for here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

MAX_PAYLOAD: Final = 512
"""Longest payload handed on, bytes: the limit of a presented credential."""

MAX_PAYLOADS: Final = 4
"""Most payloads handed on from one frame: nobody holds up more passes at once."""


@dataclass(frozen=True, slots=True)
class Symbol:
    """One code that was read."""

    payload: bytes
    """Its content, byte for byte."""
    text: str
    """The same for people, in the character set that the code names or seems to use."""


@dataclass(frozen=True, slots=True)
class DecodeResult:
    """What was found in one picture."""

    payloads: tuple[bytes, ...]
    """Each distinct payload once, byte for byte. From a camera at most 4 of at most 512 bytes."""
    texts: tuple[str, ...]
    """The same for people, one for each payload."""
    elapsed_ms: float
    stages: tuple[str, ...]
    """Names of the steps taken, in order; the last one read it, if anything was read."""


def handed_on(symbols: Iterable[Symbol]) -> list[Symbol]:
    """Those of a camera's frame that go on to the gate."""
    short = [symbol for symbol in symbols if len(symbol.payload) <= MAX_PAYLOAD]
    return short[:MAX_PAYLOADS]


def as_result(symbols: Iterable[Symbol], elapsed_ms: float, stages: list[str]) -> DecodeResult:
    """Each distinct code of `symbols` once; empty ones are none."""
    distinct = {symbol.payload: symbol.text for symbol in symbols if symbol.payload}
    return DecodeResult(tuple(distinct), tuple(distinct.values()), elapsed_ms, tuple(stages))
