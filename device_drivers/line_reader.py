"""A reader that only ever speaks: bytes of an open line -> reads, old ones told from new ones.

What scanners, tag readers and keyboards have in common. They differ in their codec (`Framer`) and
in how their line is opened.
"""

import asyncio
from abc import ABC, abstractmethod
from collections import Counter
from dataclasses import dataclass
from typing import Final, Protocol

from access_core.clock import Clock, Instant
from access_core.devices.commands import ShowFeedback
from access_core.devices.events import CredentialPresented
from access_core.errors import DeviceUnavailable
from device_drivers.debounce import Debounce
from device_drivers.dialects import Read
from device_drivers.supervised import SupervisedDevice, SupervisedDriver
from device_drivers.transports.line import ByteSource

GARBLED_BYTES: Final = 64
"""So many bytes without one good frame between them: the line settings are wrong."""


class Garbled(DeviceUnavailable):
    """Bytes came, and nothing but garbage."""


class Framer(Protocol):
    """A codec: bytes -> reads. No I/O; any split of a stream gives the same reads."""

    @property
    def has_partial(self) -> bool:
        """True while a frame has begun and not ended."""
        ...

    @property
    def discarded_since_good(self) -> int:
        """Bytes thrown away since the last good frame."""
        ...

    @property
    def complaint(self) -> str:
        """What to check, if what came last was no good frame; empty if it was."""
        ...

    def feed(self, data: bytes) -> list[Read]:
        """The reads that `data` completes, in order."""
        ...

    def discard_partial(self) -> None:
        """Forget a frame that began and will not be ended."""
        ...


@dataclass(frozen=True, slots=True)
class Arrival:
    """What one portion of bytes came to."""

    at: Instant
    reads: tuple[Read, ...]
    is_fresh: bool
    """False until the line was quiet once: what comes before may have waited in the device."""


class LineReader:
    """A reader on an open line. No reconnecting: it ends with the line."""

    def __init__(self, line: ByteSource, framer: Framer, clock: Clock, *, settle_ms: int) -> None:
        """The line counts as quiet, and half a frame as broken off, after `settle_ms`."""
        self._line = line
        self._framer = framer
        self._clock = clock
        self._settle_s = settle_ms / 1000
        self._is_settled = False

    async def next(self) -> Arrival:
        """What arrives next; perhaps no whole frame.

        Raises:
            DeviceUnavailable: The line has gone.
        """
        while True:
            # Wait without end only when nothing is unfinished: no half frame, no settling.
            is_unfinished = self._framer.has_partial or not self._is_settled
            try:
                async with asyncio.timeout(self._settle_s if is_unfinished else None):
                    data = await self._line.read()
            except TimeoutError:
                if self._line.has_bytes_waiting():
                    continue
                self._is_settled = True
                if not self._framer.has_partial:
                    continue
                self._framer.discard_partial()
                data = b""
            return Arrival(self._clock.now(), tuple(self._framer.feed(data)), self._is_settled)

    @property
    def complaint(self) -> str:
        """What to check, with the line's name, if what came last was no good frame."""
        complaint = self._framer.complaint
        return f"{self._line.in_words()}: {complaint}" if complaint else ""

    @property
    def is_garbled(self) -> bool:
        """True if so much came without one good frame that the line settings must be wrong."""
        return self._framer.discarded_since_good >= GARBLED_BYTES

    def close(self) -> None:
        """Close the line; may be called twice."""
        self._line.close()


class LineReaderDriver(SupervisedDriver, ABC):
    """Supervises a `LineReader`: reconnects, tells a presentation once, says what is wrong.

    A line that gave nothing but garbage is lost, and back with its first good frame.
    """

    def __init__(self, device: SupervisedDevice, clock: Clock, *, gone_after_ms: int) -> None:
        """The same payload is one presentation until it was not seen for `gone_after_ms`."""
        super().__init__(device)
        self._clock = clock
        self._debounce = Debounce(gone_after_ms)
        self._is_proven = True

    @abstractmethod
    async def _open(self, counts: Counter[str]) -> LineReader:
        """The reader on its line, now opened; its codec counts into `counts`.

        Raises:
            DeviceUnavailable: It cannot be opened; the message says what to check.
        """

    async def show(self, feedback: ShowFeedback) -> None:
        """Nothing: such a reader has no way back; its own beep tells that it has read."""

    async def _serve(self) -> None:
        try:
            reader = await self._open(self._device.counters)
            try:
                await self._read(reader)
            finally:
                reader.close()
        except Garbled:
            self._is_proven = False
            raise
        except DeviceUnavailable:
            # Somebody is at the cable: what is there afterwards may be another device.
            self._is_proven = True
            raise

    async def _read(self, reader: LineReader) -> None:
        if self._is_proven:
            await self._device.ready()
        while True:
            arrival = await reader.next()
            if arrival.reads:
                await self._prove(arrival.at)
            for read in arrival.reads:
                await self._present(read, arrival)
            if complaint := reader.complaint:
                self._device.doubt(complaint, arrival.at)
                if reader.is_garbled:
                    raise Garbled(complaint)

    async def _prove(self, at: Instant) -> None:
        if not self._is_proven:
            self._is_proven = True
            await self._device.ready(at)
        self._device.heard(at)

    async def _present(self, read: Read, arrival: Arrival) -> None:
        self._device.counters["reads"] += 1
        if not self._debounce.is_new(read.payload, arrival.at):
            return
        await self._device.emit(
            CredentialPresented(
                origin=self._device.origin(arrival.at),
                medium=read.medium,
                payload=read.payload,
                is_fresh=arrival.is_fresh,
            )
        )
