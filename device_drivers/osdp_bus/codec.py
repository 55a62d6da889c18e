"""Bytes of an OSDP line <-> frames. No I/O: any split of a stream gives the same frames.

    [mark] SOM | address | length, 2 bytes, low first | control | [security block] |
    code and data | [MAC, 4 bytes] | CRC-16, 2 bytes, low first, or checksum, 1 byte

Numbers and layouts are those of SIA OSDP 2.2 (IEC 60839-11-5), chapter 5.
"""

import binascii
from dataclasses import dataclass
from typing import Final

MARK: Final = 0xFF
"""A byte of ones before a frame, for receivers that need it; no part of the frame."""
SOM: Final = 0x53
"""Start of message."""
BROADCAST: Final = 0x7F
"""Every peripheral hears this address."""
MAX_FRAME: Final = 512
"""Longest frame taken, bytes. Nothing that is asked here has a longer answer."""
MAC_BYTES: Final = 4

_HEADER: Final = 5
_REPLY_BIT: Final = 0x80
_SEQUENCE_BITS: Final = 0x03
_CRC_BIT: Final = 0x04
_BLOCK_BIT: Final = 0x08
_CRC_START: Final = 0x1D0F
_SHORTEST: Final = _HEADER + 2
"""Header, code and checksum."""
_SCS_15: Final = 0x15
"""From this type of security block on, a frame ends in a MAC."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame without mark, length and check bytes."""

    address: int
    """0 to 127; 127 is for all."""
    is_reply: bool
    sequence: int
    """0 to 3."""
    body: bytes
    """Code and data, as they stand on the line: encrypted if the security block says so."""
    block: bytes = b""
    """Security block without its length byte: type and data. Empty: none."""
    mac: bytes = b""
    """First four bytes of the MAC; empty outside a secure session."""
    has_crc: bool = True

    @property
    def block_type(self) -> int:
        """The security block's type, 0x11 to 0x18; 0 if there is none."""
        return self.block[0] if self.block else 0


def covered(frame: Frame) -> bytes:
    """What the MAC of `frame` is made of: all before it, with the length of the whole."""
    block = bytes([len(frame.block) + 1]) + frame.block if frame.block else b""
    mac_bytes = MAC_BYTES if frame.block_type >= _SCS_15 else 0
    check_bytes = 2 if frame.has_crc else 1
    length = _HEADER + len(block) + len(frame.body) + mac_bytes + check_bytes
    address = frame.address | (_REPLY_BIT if frame.is_reply else 0)
    control = frame.sequence & _SEQUENCE_BITS
    control |= _CRC_BIT if frame.has_crc else 0
    control |= _BLOCK_BIT if frame.block else 0
    header = bytes([SOM, address, length & 0xFF, length >> 8, control])
    return header + block + frame.body


def encode(frame: Frame) -> bytes:
    """The frame as it goes over the line, with the mark before it."""
    inside = covered(frame) + frame.mac
    return bytes([MARK]) + inside + _check(inside, has_crc=frame.has_crc)


def crc16(data: bytes) -> int:
    """CRC-16 of annex C: polynomial 0x1021, start 0x1D0F."""
    return binascii.crc_hqx(data, _CRC_START)


def checksum(data: bytes) -> int:
    """The byte that makes the sum of all bytes 0 modulo 256."""
    return -sum(data) & 0xFF


def _check(inside: bytes, *, has_crc: bool) -> bytes:
    return crc16(inside).to_bytes(2, "little") if has_crc else bytes([checksum(inside)])


@dataclass(slots=True)
class FrameCounts:
    """What has come in so far."""

    frames: int = 0
    """Good frames, echoes of our own included."""
    bad_checks: int = 0
    """Whole frames whose CRC or checksum was wrong."""
    junk_bytes: int = 0
    """Bytes that belonged to no good frame."""
    junk_since_frame: int = 0
    """The same since the last good frame: large when the baud rate is wrong."""


class FrameReader:
    """Finds frames in a stream of bytes; keeps less than `MAX_FRAME` bytes."""

    def __init__(self) -> None:
        """Nothing heard yet."""
        self._heard = bytearray()
        self.counts = FrameCounts()

    @property
    def has_partial(self) -> bool:
        """True while a frame may have begun and not ended."""
        return bool(self._heard)

    def feed(self, data: bytes) -> list[Frame]:
        """The frames that `data` completes, in order."""
        self._heard += data
        frames: list[Frame] = []
        while (frame := self._next()) is not None:
            frames.append(frame)
        return frames

    def give_up(self) -> list[Frame]:
        """No more will come: what began as a frame and did not end was none.

        Frames hidden behind such a false start are found; nothing is kept.
        """
        frames: list[Frame] = []
        while self._heard:
            self._skip(1)
            frames += self.feed(b"")
        return frames

    def _next(self) -> Frame | None:
        """The next good frame; None if more bytes are wanted."""
        while True:
            start = self._heard.find(SOM)
            self._skip(len(self._heard) if start < 0 else start)
            if len(self._heard) < _HEADER:
                return None
            length = self._heard[2] | self._heard[3] << 8
            if not _SHORTEST <= length <= MAX_FRAME:
                self._skip(1)
                continue
            if len(self._heard) < length:
                return None
            raw = bytes(self._heard[:length])
            frame = _decode(raw)
            if frame is None:
                self.counts.bad_checks += 1
                self._skip(1)
                continue
            del self._heard[:length]
            self.counts.frames += 1
            self.counts.junk_since_frame = 0
            return frame

    def _skip(self, count: int) -> None:
        junk = count - self._heard.count(MARK, 0, count)
        self.counts.junk_bytes += junk
        self.counts.junk_since_frame += junk
        del self._heard[:count]


def _decode(raw: bytes) -> Frame | None:
    """The frame that is exactly `raw`; None if its check or its parts do not fit."""
    address, control = raw[1], raw[4]
    has_crc = bool(control & _CRC_BIT)
    check_bytes = 2 if has_crc else 1
    inside, check = raw[:-check_bytes], raw[-check_bytes:]
    if _check(inside, has_crc=has_crc) != check:
        return None
    rest = inside[_HEADER:]
    block = b""
    if control & _BLOCK_BIT:
        if not rest or not 2 <= rest[0] <= len(rest):  # noqa: PLR2004 - length byte and type
            return None
        block, rest = rest[1 : rest[0]], rest[rest[0] :]
    mac = b""
    if block and block[0] >= _SCS_15:
        rest, mac = rest[:-MAC_BYTES], rest[-MAC_BYTES:]
    if not rest or control & ~(_SEQUENCE_BITS | _CRC_BIT | _BLOCK_BIT):
        return None
    return Frame(
        address=address & ~_REPLY_BIT,
        is_reply=bool(address & _REPLY_BIT),
        sequence=control & _SEQUENCE_BITS,
        body=rest,
        block=block,
        mac=mac,
        has_crc=has_crc,
    )
