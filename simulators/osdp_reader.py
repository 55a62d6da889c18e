"""OSDP readers at the far end of a serial line, as a person meets them: card, keys, cable."""

import asyncio
import os
import tty
from collections.abc import Callable
from pathlib import Path
from typing import Self

from device_drivers.osdp_bus.messages import Reply
from simulators.osdp_peripheral import Honesty, OsdpPeripheral

QUIET_S = 0.05
"""After so long a silence a frame that has begun will not end."""
ANSWERS_AFTER_MS = 1.0
"""A usual reader begins its answer so soon."""
_ENTER, _CLEAR = 0x0D, 0x7F
"""What the keys # and * give (SIA OSDP 2.2, 7.12)."""


class SimulatedOsdpReader:
    """A reader with keypad, lights, two inputs and two relays. Put it on an `OsdpLineEnd`."""

    def __init__(self, address: int = 0, key: bytes | None = None, *, seed: int = 1) -> None:
        """`key` None: as it comes from the factory, with the default key."""
        self.inside = OsdpPeripheral(address, key, seed=seed)
        self.answers_after_ms = ANSWERS_AFTER_MS
        self.is_plugged = True
        self.is_mute_after_pulse = False
        """Its answers are lost from the first time on that it switches an output on."""

    @property
    def is_in_session(self) -> bool:
        """A panel has proven its key to it."""
        return self.inside.is_in_session

    def present(self, bits: str) -> None:
        """Hold up a card whose bits are `bits`, e.g. `0101...`."""
        filled = bits.ljust(-(-len(bits) // 8) * 8, "0")
        data = int(filled, 2).to_bytes(len(filled) // 8, "big")
        head = bytes([Reply.RAW, 0, 1]) + len(bits).to_bytes(2, "little")
        self.inside.queue(head + data)

    def present_wiegand_26(self, facility: int, number: int) -> None:
        """Hold up a usual 26-bit card."""
        self.present(wiegand_26(facility, number))

    def press(self, keys: str) -> None:
        """Press keys: digits, `#` and `*`."""
        codes = {"#": _ENTER, "*": _CLEAR}
        data = bytes(codes.get(key, ord(key)) for key in keys)
        self.inside.queue(bytes([Reply.KEYPAD, 0, len(data)]) + data)

    def tamper(self, *, on: bool) -> None:
        """Open its housing, or close it again."""
        self.inside.is_tampered = on
        self.inside.queue(bytes([Reply.LSTATR, int(on), 0]))

    def set_input(self, number: int, *, on: bool) -> None:
        """Close or open the contact at one of its inputs."""
        self.inside.inputs[number] = on
        self.inside.queue(self.inside.inputs_told())

    def answer(self, data: bytes, now_s: float) -> bytes:
        """What it sends back."""
        answer = self.inside.heard(data, now_s) if self.is_plugged else b""
        has_pulsed = any(output.pulses for output in self.inside.outputs)
        return b"" if self.is_mute_after_pulse and has_pulsed else answer

    def unplug(self) -> None:
        """Pull its plug from the bus; it stays powered and keeps what it reads."""
        self.is_plugged = False

    def plug_in(self) -> None:
        """Put it back."""
        self.is_plugged = True

    def power_cycle(self) -> None:
        """Take its power away for a moment."""
        self.inside.power_cycle()

    def reset_address(self) -> None:
        """It falls back to its factory address 0, as some do."""
        self.inside.address = 0
        self.inside.power_cycle()

    def change_key(self, key: bytes) -> None:
        """Somebody has keyed it elsewhere."""
        self.inside.key = key
        self.inside.power_cycle()

    def pretend(self, honesty: Honesty) -> None:
        """Somebody takes its place."""
        self.inside.honesty = honesty
        self.inside.power_cycle()


class OsdpLineEnd:
    """The far end of a line with readers on it. Use as an asynchronous context manager."""

    def __init__(self, port: Path, *readers: SimulatedOsdpReader) -> None:
        """`port` is the far end of a line."""
        self._port = port
        self.readers = readers
        self._descriptor = -1
        self._quiet: asyncio.TimerHandle | None = None
        self._late: set[asyncio.TimerHandle] = set()
        self.on_commands: Callable[[bytes], None] | None = None
        """Hears every byte that the panel sends."""

    async def __aenter__(self) -> Self:
        """Connect it."""
        self._descriptor = os.open(self._port, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        tty.setraw(self._descriptor)
        asyncio.get_running_loop().add_reader(self._descriptor, self._on_bytes)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Disconnect it."""
        asyncio.get_running_loop().remove_reader(self._descriptor)
        for timer in [*self._late, *([self._quiet] if self._quiet else [])]:
            timer.cancel()
        os.close(self._descriptor)

    def _on_bytes(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            data = os.read(self._descriptor, 4096)
        except OSError:
            return
        if self.on_commands is not None:
            self.on_commands(data)
        if self._quiet is not None:
            self._quiet.cancel()
        self._quiet = loop.call_later(QUIET_S, self._was_quiet)
        for reader in self.readers:
            answer = reader.answer(data, loop.time())
            if answer:
                self._send_later(answer, reader.answers_after_ms / 1000)

    def _send_later(self, answer: bytes, after_s: float) -> None:
        def send() -> None:
            self._late.discard(timer)
            os.write(self._descriptor, answer)

        timer = asyncio.get_running_loop().call_later(after_s, send)
        self._late.add(timer)

    def _was_quiet(self) -> None:
        for reader in self.readers:
            reader.inside.quiet()


def wiegand_26(facility: int, number: int) -> str:
    """The 26 bits of a card: even parity over the first half, odd over the second."""
    inside = f"{facility:08b}{number:016b}"
    even = inside[:12].count("1") % 2
    odd = 1 - inside[12:].count("1") % 2
    return f"{even}{inside}{odd}"
