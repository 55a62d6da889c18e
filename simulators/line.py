"""A serial line between two pseudo-terminals: paced like a real one, with faults on demand.

    driver --> near_port | near pty | this bridge | far pty | far_port <-- simulated device

Pseudo-terminals ignore the baud rate, so the bridge releases bytes one character time apart
(10 bits a character). Ports are symbolic links, so that an unplugged line comes back by name.
"""

import asyncio
import contextlib
import os
import random
import tty
from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Self

from simulators.uart import heard

BITS_PER_CHARACTER = 10
"""Start bit, eight data bits, stop bit."""

JUNK_BYTES = 16
"""Length of a burst of noise."""

PIECE_S = 0.001
"""From one byte to the next of a chunk that comes in pieces: a reader is woken for each."""


class Toward(StrEnum):
    """Which way bytes travel."""

    DRIVER = "driver"
    DEVICE = "device"


class Fault(StrEnum):
    """What may befall one chunk of bytes, that is, what one write sent."""

    DROP = "drop"
    HALF = "half"
    FLIP = "flip"
    DUPLICATE = "duplicate"
    JUNK_BEFORE = "junk_before"
    LATE = "late"
    PIECES = "pieces"
    """Whole, but one byte at a time."""


@dataclass(slots=True)
class _Direction:
    """Bytes on their way to one end."""

    faults: deque[Fault] = field(default_factory=deque)
    late_s: float = 0.0
    flip_rate: float = 0.0
    bauds: tuple[int, int] | None = None
    """(sender's, receiver's), if they differ."""
    free_at: float = 0.0
    """Loop time at which the last character will have left the wire."""
    waiting: deque[tuple[float, int]] = field(default_factory=deque)
    """(loop time of arrival, byte)."""
    timer: asyncio.TimerHandle | None = None


class _End:
    """One pseudo-terminal with a stable name."""

    def __init__(self, name: Path) -> None:
        self.name = name
        self.master = -1
        self._slave = -1

    def plug_in(self) -> None:
        self.master, self._slave = os.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self.master, False)
        spare = self.name.with_name(f".{self.name.name}.new")
        spare.unlink(missing_ok=True)
        spare.symlink_to(os.ttyname(self._slave))
        spare.rename(self.name)

    def unplug(self) -> None:
        self.name.unlink(missing_ok=True)
        for descriptor in (self.master, self._slave):
            os.close(descriptor)
        self.master = self._slave = -1

    @property
    def is_plugged(self) -> bool:
        return self.master >= 0


class SimulatedLine:
    """The line. `near_port` is for the driver, `far_port` for the simulated device.

    Use as an asynchronous context manager; leaving it hangs up both ends.
    """

    def __init__(
        self,
        folder: Path,
        *,
        baud: int | None = None,
        seed: int = 1,
        name: str = "line",
        is_echoing: bool = False,
    ) -> None:
        """Ports `NAME-near` and `NAME-far` will stand in `folder`; without `baud` unpaced.

        `is_echoing`: two wires for both directions, so that the driver hears itself.
        """
        self._is_echoing = is_echoing
        self._near = _End(folder / f"{name}-near")
        self._far = _End(folder / f"{name}-far")
        self._character_s = BITS_PER_CHARACTER / baud if baud else 0.0
        self._random = random.Random(seed)
        self._ways = {Toward.DRIVER: _Direction(), Toward.DEVICE: _Direction()}
        self._is_cut = False

    @property
    def near_port(self) -> Path:
        """Where the driver opens the line."""
        return self._near.name

    @property
    def far_port(self) -> Path:
        """Where the simulated device opens it."""
        return self._far.name

    async def __aenter__(self) -> Self:
        """Lay the line."""
        self._far.plug_in()
        asyncio.get_running_loop().add_reader(self._far.master, self._forward, Toward.DRIVER)
        self.plug_in()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Take it away."""
        for way in self._ways.values():
            if way.timer is not None:
                way.timer.cancel()
        self.unplug()
        self._close(self._far)

    def arm(self, toward: Toward, *faults: Fault, late_ms: int = 0) -> None:
        """Let `faults` befall the next chunks going `toward` there, one each, in order.

        `late_ms` is how late a `LATE` chunk is.
        """
        way = self._ways[toward]
        way.faults.extend(faults)
        way.late_s = late_ms / 1000

    def faults_left(self, toward: Toward) -> int:
        """How many armed faults have not yet befallen anything."""
        return len(self._ways[toward].faults)

    def flip_bits(self, toward: Toward, rate: float) -> None:
        """From now on flip one bit of each byte with probability `rate`."""
        self._ways[toward].flip_rate = rate

    def mistune(self, toward: Toward, *, sent_baud: int, read_baud: int) -> None:
        """From now on the end `toward` there reads at another speed than the other one sends."""
        self._ways[toward].bauds = (sent_baud, read_baud)

    def inject(self, toward: Toward, data: bytes) -> None:
        """Let `data` arrive there that nobody has sent: noise, or another device's words."""
        self._send(toward, self._ways[toward], data, asyncio.get_running_loop().time())

    def cut(self) -> None:
        """Let bytes vanish both ways until `mend()`; both ports stay open."""
        self._is_cut = True

    def mend(self) -> None:
        """Undo `cut()`."""
        self._is_cut = False

    def unplug(self) -> None:
        """Pull the adapter: the driver's port hangs up and its name vanishes."""
        if self._near.is_plugged:
            self._close(self._near)

    def plug_in(self) -> None:
        """Put the adapter back: a new terminal under the old name."""
        if not self._near.is_plugged:
            self._near.plug_in()
            asyncio.get_running_loop().add_reader(self._near.master, self._forward, Toward.DEVICE)

    def _close(self, end: _End) -> None:
        asyncio.get_running_loop().remove_reader(end.master)
        end.unplug()

    def _forward(self, toward: Toward) -> None:
        source = self._far if toward is Toward.DRIVER else self._near
        try:
            data = os.read(source.master, 4096)
        except OSError:
            return
        if self._is_cut:
            return
        way = self._ways[toward]
        start = asyncio.get_running_loop().time()
        fault = way.faults.popleft() if way.faults else None
        if fault is Fault.LATE:
            start += way.late_s
        gap_s = PIECE_S if fault is Fault.PIECES else 0.0
        if way.bauds is not None:
            sent_baud, read_baud = way.bauds
            data = heard(data, sent_baud=sent_baud, read_baud=read_baud).data
        if self._is_echoing and toward is Toward.DEVICE:
            self._send(Toward.DRIVER, self._ways[Toward.DRIVER], data, start)
        self._send(toward, way, self._damage(data, fault, way.flip_rate), start, gap_s)

    def _damage(self, data: bytes, fault: Fault | None, flip_rate: float) -> bytes:
        match fault:
            case Fault.DROP:
                data = b""
            case Fault.HALF:
                data = data[: len(data) // 2]
            case Fault.FLIP:
                data = self._flipped(data, self._random.randrange(len(data))) if data else b""
            case Fault.DUPLICATE:
                data += data
            case Fault.JUNK_BEFORE:
                data = self._random.randbytes(JUNK_BYTES) + data
            case Fault.LATE | Fault.PIECES | None:
                pass
        if flip_rate:
            for index in range(len(data)):
                if self._random.random() < flip_rate:
                    data = self._flipped(data, index)
        return data

    def _flipped(self, data: bytes, index: int) -> bytes:
        bit = 1 << self._random.randrange(8)
        return data[:index] + bytes([data[index] ^ bit]) + data[index + 1 :]

    def _send(
        self, toward: Toward, way: _Direction, data: bytes, start: float, gap_s: float = 0.0
    ) -> None:
        due = max(start, way.free_at)
        for byte in data:
            due += max(self._character_s, gap_s)
            way.waiting.append((due, byte))
        way.free_at = due
        if way.timer is None:
            self._deliver(toward, way)

    def _deliver(self, toward: Toward, way: _Direction) -> None:
        loop = asyncio.get_running_loop()
        now = loop.time()
        way.timer = None
        arrived = bytearray()
        while way.waiting and way.waiting[0][0] <= now:
            arrived.append(way.waiting.popleft()[1])
        target = self._near if toward is Toward.DRIVER else self._far
        if arrived and target.is_plugged and not self._is_cut:
            # Nobody reads that end: a full kernel buffer loses bytes, as a UART does.
            with contextlib.suppress(BlockingIOError):
                os.write(target.master, arrived)
        if way.waiting:
            way.timer = loop.call_at(way.waiting[0][0], self._deliver, toward, way)
