"""A scanner that types, as the kernel shows it: input events in a FIFO instead of a device node.

No container has `/dev/uinput`; what differs from a real node is that a FIFO cannot be grabbed.
"""

import os
import random
import struct
from pathlib import Path
from typing import Self

_LETTERS = dict(zip("qwertyuiop", range(16, 26), strict=True))
_LETTERS |= dict(zip("asdfghjkl", range(30, 39), strict=True))
_LETTERS |= dict(zip("zxcvbnm", range(44, 51), strict=True))
_DIGITS = dict(zip("1234567890", range(2, 12), strict=True))
_PLAIN = _LETTERS | _DIGITS | {"-": 12, "=": 13, ",": 51, ".": 52, "/": 53, " ": 57, ";": 39}
_SHIFTED = {letter.upper(): code for letter, code in _LETTERS.items()}
_SHIFTED |= {":": 39, "+": 13, "$": 5, "%": 6, "*": 9}
_SHIFT, _ENTER = 42, 28
_SYN, _KEY, _SCAN_CODE = 0, 1, 4
_DROPPED = 3


class SimulatedKeyboard:
    """Types a line for each code it reads."""

    def __init__(self, node: Path, *, seed: int = 1) -> None:
        """`node` is where the driver opens it."""
        self._node = node
        self._random = random.Random(seed)
        self._descriptor = -1

    def __enter__(self) -> Self:
        """Plug it in."""
        self.plug_in()
        return self

    def __exit__(self, *_: object) -> None:
        """Unplug it."""
        self.unplug()

    def plug_in(self) -> None:
        """The node appears."""
        if self._descriptor < 0:
            os.mkfifo(self._node)
            self._descriptor = os.open(self._node, os.O_RDWR | os.O_NONBLOCK)

    def unplug(self) -> None:
        """The node vanishes, and whoever reads it sees its end."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
            self._node.unlink()

    def scan(self, text: str) -> None:
        """Type `text` and Enter."""
        self.send(self.typed(text) + self.key(_ENTER))

    def type_half(self, text: str) -> None:
        """Break off in the middle, without Enter."""
        self.send(self.typed(text[: len(text) // 2]))

    def lose_keys(self, text: str) -> None:
        """Type `text` and Enter while the kernel's buffer is full: keys are lost in between."""
        half = len(text) // 2
        dropped = self._event(_SYN, _DROPPED, 0)
        self.send(self.typed(text[:half]) + dropped + self.typed(text[half:]) + self.key(_ENTER))

    def press_others(self, count: int) -> None:
        """Press keys that type nothing (function keys), then Enter."""
        codes = self._random.choices(range(59, 69), k=count)
        self.send(b"".join(map(self.key, codes)) + self.key(_ENTER))

    def typed(self, text: str) -> bytes:
        """The events of typing `text`."""
        events = b""
        for character in text:
            if character in _PLAIN:
                events += self.key(_PLAIN[character])
            else:
                events += self._event(_KEY, _SHIFT, 1)
                events += self.key(_SHIFTED[character])
                events += self._event(_KEY, _SHIFT, 0)
        return events

    def key(self, code: int) -> bytes:
        """The events of one key, as a USB keyboard makes them: scan code, down, up."""
        scan_code = self._event(_SCAN_CODE, 4, 0x70000 + code)
        down, up = self._event(_KEY, code, 1), self._event(_KEY, code, 0)
        end = self._event(_SYN, 0, 0)
        return scan_code + down + end + up + end

    def send(self, events: bytes) -> None:
        """Let these bytes come out of the node."""
        os.write(self._descriptor, events)

    @staticmethod
    def _event(kind: int, code: int, value: int) -> bytes:
        return struct.pack("llHHi", 1_700_000_000, 0, kind, code, value)
