"""Bytes of a tag reader -> frames -> reads. No I/O: any split of a stream gives the same reads.

ASCII (RDM630, RDM6300; Seeed's wiki page of that module), 9600 8N1:

    STX | 10 hex digits of the tag | 2 hex digits, XOR of its 5 bytes | [CR LF] | ETX

The bracketed end is that of ID-12 and ID-20 readers. Binary (Gwiot 7941E manual, sections 12, 13):

    STX | length of it all | card type | serial number | XOR from length to serial number | ETX
"""

import re
from collections import Counter
from enum import StrEnum
from functools import reduce
from operator import xor
from typing import Final

from access_core.devices.events import Medium
from device_drivers.card_numbers import bits_text, em4100_text, uid_text
from device_drivers.dialects import Read

STX, ETX = 0x02, 0x03

GARBLED: Final = (
    "bytes arrive, but no whole frame; check that `dialect` and `baud` are those of the reader, "
    "then the wiring (A and B swapped, ground missing)"
)


class TagDialect(StrEnum):
    """How the reader writes a tag's number."""

    ASCII = "ascii"
    BINARY = "binary"


class NotAFrame(Exception):
    """What begins with this STX is no frame; `reason` is the name it is counted by."""

    def __init__(self, reason: str) -> None:
        """`reason` as in the counters."""
        super().__init__(reason)
        self.reason = reason


class TagCodec:
    """Finds frames in a byte stream; after a bad one it looks for the next STX within it.

    Keeps fewer bytes than the longest frame has. What is counted: `frames`, `bad_checksums`,
    `broken_frames`, `unknown_cards` and `discarded_bytes`.
    """

    def __init__(self, dialect: TagDialect, counts: Counter[str]) -> None:
        """One dialect a reader; the two cannot be told apart safely by their bytes."""
        self._take = _take_ascii if dialect is TagDialect.ASCII else _take_binary
        self._counts = counts
        self._buffer = bytearray()
        self.discarded_since_good = 0
        """Bytes thrown away since the last good frame."""
        self.complaint = ""
        """What to check, if what came last was no good frame."""

    @property
    def has_partial(self) -> bool:
        """True while a frame has begun and not ended."""
        return bool(self._buffer)

    def feed(self, data: bytes) -> list[Read]:
        """The reads that `data` completes, in order; a tag that stays is read again and again."""
        self._buffer += data
        reads = []
        while self._buffer:
            self._discard(_bytes_before_stx(self._buffer))
            try:
                taken = self._take(self._buffer)
            except NotAFrame as fault:
                self._counts[fault.reason] += 1
                self._discard(1)
                continue
            if taken is None:
                break
            size, text = taken
            del self._buffer[:size]
            self._counts["frames"] += 1
            self.discarded_since_good, self.complaint = 0, ""
            if text is None:
                self._counts["unknown_cards"] += 1
            else:
                reads.append(Read(Medium.CARD, text))
        return reads

    def discard_partial(self) -> None:
        """Forget a frame that began and will not be ended."""
        self._discard(len(self._buffer))

    def _discard(self, count: int) -> None:
        if count:
            del self._buffer[:count]
            self._counts["discarded_bytes"] += count
            self.discarded_since_good += count
            self.complaint = GARBLED


def _bytes_before_stx(buffer: bytearray) -> int:
    start = buffer.find(STX)
    return len(buffer) if start < 0 else start


_ASCII_FRAME: Final = re.compile(rb"\x02([0-9A-Fa-f]{10})([0-9A-Fa-f]{2})(?:\r\n)?\x03")
_ASCII_BEGUN: Final = re.compile(rb"\x02[0-9A-Fa-f]{0,12}|\x02[0-9A-Fa-f]{12}\r\n?")


def _take_ascii(buffer: bytearray) -> tuple[int, bytes | None] | None:
    """(size, text) of the frame at the beginning; None if it may still become one."""
    found = _ASCII_FRAME.match(buffer)
    if found is None:
        if not buffer or _ASCII_BEGUN.fullmatch(buffer):
            return None
        raise NotAFrame("broken_frames")
    number = bytes.fromhex(found[1].decode("ascii"))
    if reduce(xor, number) != int(found[2], 16):
        raise NotAFrame("bad_checksums")
    return found.end(), em4100_text(number)


_HEAD, _TAIL = 3, 2
"""STX, length and card type; XOR and ETX."""
_SERIAL_BYTES: Final = range(4, 11)


def _take_binary(buffer: bytearray) -> tuple[int, bytes | None] | None:
    """(size, text) of the frame at the beginning; None if it may still become one."""
    if len(buffer) < _HEAD - 1:
        return None
    size = buffer[1]
    if size - _HEAD - _TAIL not in _SERIAL_BYTES:
        raise NotAFrame("broken_frames")
    if len(buffer) < size:
        return None
    if buffer[size - 1] != ETX:
        raise NotAFrame("broken_frames")
    if reduce(xor, buffer[1 : size - _TAIL]) != buffer[size - _TAIL]:
        raise NotAFrame("bad_checksums")
    return size, _card(buffer[_HEAD - 1], bytes(buffer[_HEAD : size - _TAIL]))


def _card(card_type: int, number: bytes) -> bytes | None:
    """The text of a card of this type; types that nobody here knows are raw bits."""
    match card_type:
        case 0x01 | 0x03:  # MIFARE 1K and 4K
            return uid_text(number)
        case 0x02:  # EM4100
            return em4100_text(number)
        case 0xFF:  # keys pressed, and no card
            return None
        case _:
            return bits_text(int.from_bytes(number), 8 * len(number))
