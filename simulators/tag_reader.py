"""A reader of 125 kHz tags at the far end of a serial line: RDM6300 and Gwiot 7941E, as sold."""

import asyncio
import os
import tty
from enum import StrEnum
from pathlib import Path
from typing import Self

REPEAT_S = 0.05
"""From one repetition of a tag's number to the next, as long as it is near (RDM6300)."""


class Make(StrEnum):
    """Whose reader it is, and so what it sends."""

    RDM6300 = "rdm6300"
    GWIOT_7941E = "gwiot_7941e"


class SimulatedTagReader:
    """Sends the number of a tag again and again as long as it is held there."""

    def __init__(self, port: Path, *, make: Make = Make.RDM6300) -> None:
        """`port` is the far end of a line."""
        self._port = port
        self._make = make
        self._descriptor = -1

    async def __aenter__(self) -> Self:
        """Plug it into the line."""
        self._descriptor = os.open(self._port, os.O_RDWR | os.O_NOCTTY)
        tty.setraw(self._descriptor)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Unplug it."""
        os.close(self._descriptor)

    def frame(self, number: bytes) -> bytes:
        """What this make sends for a tag; `number` has 5 bytes, or 4 for a MIFARE card."""
        check = 0
        if self._make is Make.RDM6300:
            for byte in number:
                check ^= byte
            return b"\x02" + f"{number.hex()}{check:02x}".upper().encode() + b"\x03"
        card_type = 0x01 if len(number) == 4 else 0x02  # noqa: PLR2004 - MIFARE has 4, EM4100 5
        body = bytes([len(number) + 5, card_type]) + number
        for byte in body:
            check ^= byte
        return b"\x02" + body + bytes([check, 0x03])

    def read(self, number: bytes) -> None:
        """A tag came near for a moment: its number, once."""
        os.write(self._descriptor, self.frame(number))

    async def hold(self, number: bytes, times: int) -> None:
        """A tag is held there long enough for so many repetitions."""
        for _ in range(times):
            self.read(number)
            await asyncio.sleep(REPEAT_S)
