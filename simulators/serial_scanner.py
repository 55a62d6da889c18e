"""A hand-held or desk scanner at the far end of a serial line."""

import asyncio
import os
import random
import tty
from pathlib import Path
from typing import Self

_CONTROLS = bytes(range(0x01, 0x09))
"""Bytes that no line of text contains."""


class SimulatedScanner:
    """Sends one line per scan, as the common embedded 2D scanners do."""

    def __init__(self, port: Path, *, terminator: bytes = b"\r\n", seed: int = 1) -> None:
        """`port` is the far end of a line; `terminator` is CR, LF or CRLF, as configured."""
        self._port = port
        self._terminator = terminator
        self._random = random.Random(seed)
        self._descriptor = -1

    async def __aenter__(self) -> Self:
        """Plug it into the line."""
        self._descriptor = os.open(self._port, os.O_RDWR | os.O_NOCTTY)
        tty.setraw(self._descriptor)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Unplug it."""
        os.close(self._descriptor)

    def scan(self, text: str | bytes) -> None:
        """Read a code: send its text and the terminator."""
        self.send(_as_bytes(text) + self._terminator)

    async def scan_in_pieces(self, text: str | bytes, pieces: int = 3) -> None:
        """The same in several writes, with the loop running between them."""
        data = _as_bytes(text) + self._terminator
        cuts = sorted(self._random.sample(range(1, len(data)), pieces - 1))
        for start, end in zip([0, *cuts], [*cuts, len(data)], strict=True):
            self.send(data[start:end])
            await asyncio.sleep(0)

    def scan_half(self, text: str | bytes) -> None:
        """Break off in the middle: half the text and no terminator."""
        data = _as_bytes(text)
        self.send(data[: len(data) // 2])

    def make_noise(self, count: int) -> None:
        """Send `count` bytes of noise without a terminator, as a wrong baud rate gives."""
        self.send(bytes(self._random.choices(_CONTROLS, k=count)))

    def send(self, data: bytes) -> None:
        """Send `data` as it is."""
        os.write(self._descriptor, data)


def _as_bytes(text: str | bytes) -> bytes:
    return text.encode() if isinstance(text, str) else text
