"""Bytes of an input device -> key presses -> lines -> reads. No I/O; any split gives the same.

The kernel gives one `struct input_event` for each change of a key (linux/input.h): the time as two
longs, then type, code and value. Scanners type as if the keyboard were a US one; letters are
upper-case with shift, Enter ends a line.
"""

import struct
from collections import Counter
from typing import Final

from device_drivers.dialects import MAX_LINE, DialectSettings, Read, read_line

EVENT: Final = struct.Struct("@llHHi")
"""Seconds, microseconds, type, code, value; 24 bytes where a long has 8, else 16."""

EV_SYN, EV_KEY = 0x00, 0x01
SYN_DROPPED: Final = 3
"""The kernel's buffer was full: keys were lost."""
RELEASED, PRESSED = 0, 1
"""Value of a key; 2 is a repetition by the kernel and means nothing here."""

_SHIFTS: Final = frozenset({42, 54})
_ENTERS: Final = frozenset({28, 96})
"""Enter, and that of the number pad (linux/input-event-codes.h)."""
_ROWS: Final = (
    (2, "1234567890-=", "!@#$%^&*()_+"),
    (16, "qwertyuiop[]", "QWERTYUIOP{}"),
    (30, "asdfghjkl;'`", 'ASDFGHJKL:"~'),
    (43, "\\zxcvbnm,./", "|ZXCVBNM<>?"),
    (57, " ", " "),
    (15, "\t", "\t"),
    (55, "*", "*"),
    (71, "789-456+1230.", "789-456+1230."),
    (98, "/", "/"),
)
"""(code of the first key, what the keys from there on type, and with shift), US layout."""
_PLAIN: Final = {first + n: key for first, keys, _ in _ROWS for n, key in enumerate(keys)}
_SHIFTED: Final = {first + n: key for first, _, keys in _ROWS for n, key in enumerate(keys)}

OTHER_KEYS: Final = (
    "keys are typed, but no line of the kind that the settings say; check `dialect`, that the "
    "device is set to a US keyboard and to end with Enter"
)


class KeyCodec:
    """Puts typed characters together to lines.

    Keeps at most one event in pieces and `MAX_LINE` characters. What is counted: `lines`,
    `other_dialect`, `too_long`, `unknown_keys`, `lost_keys` and `discarded_bytes` (characters).
    """

    def __init__(self, dialect: DialectSettings, counts: Counter[str]) -> None:
        """Nothing is typed yet."""
        self._dialect = dialect
        self._counts = counts
        self._piece = b""
        self._shifts_down: set[int] = set()
        self._line = bytearray()
        self._is_spoilt = False
        self.discarded_since_good = 0
        """Characters thrown away since the last good line."""
        self.complaint = ""
        """What to check, if the last line was no good one."""

    @property
    def has_partial(self) -> bool:
        """True while a line has begun and not ended."""
        return bool(self._piece or self._line) or self._is_spoilt

    def feed(self, data: bytes) -> list[Read]:
        """The reads that `data` completes, in order."""
        self._piece += data
        whole = len(self._piece) // EVENT.size * EVENT.size
        events, self._piece = self._piece[:whole], self._piece[whole:]
        reads = []
        for _, _, kind, code, value in EVENT.iter_unpack(events):
            if kind == EV_SYN and code == SYN_DROPPED:
                self._counts["lost_keys"] += 1
                self._shifts_down.clear()
                self._spoil()
            elif kind == EV_KEY and (read := self._key(code, value)):
                reads.append(read)
        return reads

    def discard_partial(self) -> None:
        """Forget a line that began and will not be ended."""
        if self._line:
            self._discard(len(self._line))
        self._piece = b""
        self._line.clear()
        self._shifts_down.clear()
        self._is_spoilt = False

    def _key(self, code: int, value: int) -> Read | None:
        if code in _SHIFTS:
            if value == RELEASED:
                self._shifts_down.discard(code)
            else:
                self._shifts_down.add(code)
        elif value == PRESSED:
            if code in _ENTERS:
                return self._end_line()
            self._type(code)
        return None

    def _type(self, code: int) -> None:
        key = (_SHIFTED if self._shifts_down else _PLAIN).get(code)
        if key is None:
            # A character lost is another number: the whole line must go.
            self._counts["unknown_keys"] += 1
            self._spoil()
        elif len(self._line) >= MAX_LINE:
            self._counts["too_long"] += 1
            self._spoil()
        elif not self._is_spoilt:
            self._line += key.encode("ascii")

    def _end_line(self) -> Read | None:
        line, is_spoilt = bytes(self._line), self._is_spoilt
        self._line.clear()
        self._is_spoilt = False
        if is_spoilt or not line:
            return None
        read = read_line(self._dialect, line)
        self.discarded_since_good = 0
        self.complaint = "" if read else OTHER_KEYS
        self._counts["lines" if read else "other_dialect"] += 1
        return read

    def _spoil(self) -> None:
        """Give up the line until its Enter."""
        self._discard(len(self._line) + 1)
        self._line.clear()
        self._is_spoilt = True

    def _discard(self, count: int) -> None:
        self._counts["discarded_bytes"] += count
        self.discarded_since_good += count
        self.complaint = OTHER_KEYS
