"""Bytes of the reader -> reads. No I/O: any split of a stream gives the same reads.

0xAA | length of the number | serial number, 4, 7 or 10 bytes | sum of all before, modulo 256
"""

from collections import Counter

from access_core.devices.events import Medium
from device_drivers.card_numbers import UID_BYTES, uid_text
from device_drivers.dialects import Read

START = 0xAA
AROUND = 3
"""Start, length and sum."""
GARBLED = "bytes arrive, but no whole frame; check that `baud` is the reader's, then the wiring"


class CardCodec:
    """Finds frames in a byte stream. Keeps fewer bytes than the longest frame has.

    What is counted: `frames` and `discarded_bytes`.
    """

    def __init__(self, counts: Counter[str]) -> None:
        """Nothing has come yet."""
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
        """The reads that `data` completes, in order."""
        self._buffer += data
        reads = []
        while self._buffer and (size := self._size()) <= len(self._buffer):
            frame = bytes(self._buffer[:size])
            text = uid_text(frame[2:-1])
            if size == 1 or text is None or sum(frame[:-1]) % 256 != frame[-1]:
                self._discard(1)  # no frame begins here: look from the next byte on
                continue
            del self._buffer[:size]
            self._counts["frames"] += 1
            self.discarded_since_good, self.complaint = 0, ""
            reads.append(Read(Medium.CARD, text))
        return reads

    def discard_partial(self) -> None:
        """Forget a frame that began and will not be ended."""
        self._discard(len(self._buffer))

    def _size(self) -> int:
        """How many bytes the frame needs that may begin here; 1 if none can begin here."""
        if self._buffer[0] != START:
            return 1
        if len(self._buffer) == 1:
            return AROUND
        return self._buffer[1] + AROUND if self._buffer[1] in UID_BYTES else 1

    def _discard(self, count: int) -> None:
        if count:
            del self._buffer[:count]
            self._counts["discarded_bytes"] += count
            self.discarded_since_good += count
            self.complaint = GARBLED
