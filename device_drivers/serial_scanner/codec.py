"""Bytes of a scanner -> lines -> reads. No I/O: any split of a stream gives the same reads."""

from collections import Counter
from typing import Final

from device_drivers.dialects import MAX_LINE, DialectSettings, Read, read_line

_CR, _LF = 0x0D, 0x0A
_SPACE, _DELETE = 0x20, 0x7F
_TEXT_CONTROLS: Final = frozenset({0x09, 0x1D})
"""Tab, and the group separator of GS1 codes: control characters that real codes contain."""

GARBLED: Final = (
    "bytes arrive, but no readable line; check that `baud` and `parity` are those of the scanner, "
    "that A and B are not swapped, then the wiring"
)
OTHER_DIALECT: Final = (
    "lines arrive, but not of the kind that the settings say; check `dialect` "
    "(and `number_base`, `parity_bits`) against what the device sends"
)


class ScannerCodec:
    """Cuts a byte stream at CR, LF or CRLF; empty lines are skipped, each other one is a read.

    Keeps at most `max_line` bytes. Lines with control characters or bytes that are no UTF-8 are
    noise, not reads. What is counted: `lines`, `too_long`, `junk_lines`, `other_dialect`, and the
    `discarded_bytes` of all these and of half lines.
    """

    def __init__(
        self, dialect: DialectSettings, counts: Counter[str], *, max_line: int = MAX_LINE
    ) -> None:
        """`max_line` in bytes without the terminator."""
        self._dialect = dialect
        self._counts = counts
        self._max_line = max_line
        self._line = bytearray()
        self._overflow = 0
        self.discarded_since_good = 0
        """Bytes thrown away since the last good line: many when the baud rate is wrong."""
        self.complaint = ""
        """What to check, if the last line was no good one."""

    @property
    def has_partial(self) -> bool:
        """True while a line has begun and not ended."""
        return bool(self._line) or self._overflow > 0

    def feed(self, data: bytes) -> list[Read]:
        """The reads that `data` completes, in order."""
        reads = []
        for byte in data:
            if byte in (_CR, _LF):
                read = self._end_line()
                if read is not None:
                    reads.append(read)
            elif self._overflow or len(self._line) >= self._max_line:
                self._overflow += 1
            else:
                self._line.append(byte)
        return reads

    def discard_partial(self) -> None:
        """Forget a line that began and will not be ended: the scanner was cut off in it."""
        if self.has_partial:
            self._discard(len(self._line) + self._overflow)
        self._line.clear()
        self._overflow = 0

    def _end_line(self) -> Read | None:
        if self._overflow:
            self._counts["too_long"] += 1
            self.discard_partial()
            return None
        line = bytes(self._line)
        self._line.clear()
        if not line:
            return None
        if not _is_text(line):
            self._counts["junk_lines"] += 1
            self._discard(len(line))
            return None
        read = read_line(self._dialect, line)
        self.discarded_since_good = 0
        self.complaint = "" if read else OTHER_DIALECT
        self._counts["lines" if read else "other_dialect"] += 1
        return read

    def _discard(self, count: int) -> None:
        self._counts["discarded_bytes"] += count
        self.discarded_since_good += count
        self.complaint = GARBLED


def _is_text(line: bytes) -> bool:
    """False for control characters and for what is no UTF-8: noise, or another baud rate."""
    if any((byte < _SPACE and byte not in _TEXT_CONTROLS) or byte == _DELETE for byte in line):
        return False
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True
