"""A desk reader for cards at the far end of a serial line."""

import os
import tty
from pathlib import Path
from typing import Self


class SimulatedCardReader:
    """Sends the number of a card laid on it, once."""

    def __init__(self, port: Path) -> None:
        """`port` is the far end of a line."""
        self._port = port
        self._descriptor = -1

    async def __aenter__(self) -> Self:
        """Plug it into the line."""
        self._descriptor = os.open(self._port, os.O_RDWR | os.O_NOCTTY)
        tty.setraw(self._descriptor)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Unplug it."""
        os.close(self._descriptor)

    def lay_down(self, number: bytes) -> None:
        """Somebody lays a card with this serial number on it."""
        frame = bytes([0xAA, len(number)]) + number
        os.write(self._descriptor, frame + bytes([sum(frame) % 256]))
