"""Bytes of a scanner -> lines. No I/O: any split of a stream gives the same lines."""

from dataclasses import dataclass

MAX_LINE = 512
"""Longest line kept, bytes: the limit of a presented payload."""

_CR, _LF = 0x0D, 0x0A
_TEXT_CONTROLS = frozenset({0x09, 0x1D})
"""Tab, and the group separator of GS1 codes: control characters that real codes contain."""


@dataclass(slots=True)
class LineCounts:
    """What has come in so far."""

    lines: int = 0
    """Lines handed out."""
    too_long: int = 0
    """Lines thrown away because they exceeded the limit."""
    junk_lines: int = 0
    """Lines thrown away because they held control characters."""
    discarded_bytes: int = 0
    """Bytes thrown away for any of these reasons, half lines included."""
    discarded_since_line: int = 0
    """The same since the last good line: large when the baud rate is wrong."""


class LineFramer:
    """Cuts a byte stream at CR, LF or CRLF; empty lines are skipped.

    Keeps at most `max_line` bytes. Lines with control characters are noise, not reads.
    """

    def __init__(self, max_line: int = MAX_LINE) -> None:
        """`max_line` in bytes without the terminator."""
        self._max_line = max_line
        self._line = bytearray()
        self._overflow = 0
        self.counts = LineCounts()

    @property
    def has_partial(self) -> bool:
        """True while a line has begun and not ended."""
        return bool(self._line) or self._overflow > 0

    def feed(self, data: bytes) -> list[bytes]:
        """The lines that `data` completes, in order, without terminators."""
        lines = []
        for byte in data:
            if byte in (_CR, _LF):
                line = self._end_line()
                if line is not None:
                    lines.append(line)
            elif self._overflow or len(self._line) >= self._max_line:
                self._overflow += 1
            else:
                self._line.append(byte)
        return lines

    def discard_partial(self) -> None:
        """Forget a line that began and will not be ended: the scanner was cut off in it."""
        self._discard(len(self._line) + self._overflow)
        self._line.clear()
        self._overflow = 0

    def _end_line(self) -> bytes | None:
        if self._overflow:
            self.counts.too_long += 1
            self.discard_partial()
            return None
        line = bytes(self._line)
        self._line.clear()
        if not line:
            return None
        if any(_is_junk(byte) for byte in line):
            self.counts.junk_lines += 1
            self._discard(len(line))
            return None
        self.counts.lines += 1
        self.counts.discarded_since_line = 0
        return line

    def _discard(self, count: int) -> None:
        self.counts.discarded_bytes += count
        self.counts.discarded_since_line += count


def _is_junk(byte: int) -> bool:
    return (byte < 0x20 and byte not in _TEXT_CONTROLS) or byte == 0x7F  # noqa: PLR2004 - ASCII
