"""A serial scanner as a `ReaderDriver`."""

import asyncio

from access_core.clock import Clock, Instant
from access_core.devices.commands import ShowFeedback
from access_core.devices.events import CredentialPresented, Medium
from access_core.errors import DeviceUnavailable
from access_core.ids import DeviceId
from device_drivers.debounce import Debounce
from device_drivers.serial_scanner.codec import LineFramer
from device_drivers.serial_scanner.settings import SerialScannerSettings
from device_drivers.supervised import Backoff, SupervisedDevice, SupervisedDriver
from device_drivers.transports.serial_line import SerialLine

GARBLED_BYTES = 64
"""So many bytes without one good line between them: the line settings are wrong."""


class SerialScannerDriver(SupervisedDriver):
    """Reads lines from a scanner; each line is one read.

    What arrives right after a (re)connect may have waited in the scanner or the kernel: until
    the line was quiet for `settle_ms`, reads are reported with `is_fresh=False`.
    """

    def __init__(
        self,
        settings: SerialScannerSettings,
        device_id: DeviceId,
        clock: Clock,
        *,
        backoff: Backoff | None = None,
    ) -> None:
        """Nothing is opened before `run()`."""
        self._settings = settings
        self._medium = Medium(settings.medium)
        self._clock = clock
        super().__init__(SupervisedDevice(device_id, clock, backoff=backoff))
        self._debounce = Debounce(settings.repeat_after_ms)

    async def show(self, feedback: ShowFeedback) -> None:
        """Nothing: a line scanner has no way back; its own beep tells that it has read."""

    async def _serve(self) -> None:
        line = SerialLine(self._settings.line)
        try:
            await self._device.ready()
            await self._read_lines(line)
        finally:
            line.close()

    async def _read_lines(self, line: SerialLine) -> None:
        framer = LineFramer()
        is_settled = False
        while True:
            # Wait without end only when nothing is unfinished: no half line, no settling.
            wait_s = None
            if framer.has_partial or not is_settled:
                wait_s = self._settings.settle_ms / 1000
            try:
                async with asyncio.timeout(wait_s):
                    data = await line.read()
            except TimeoutError:
                if line.has_bytes_waiting():
                    continue
                is_settled = True
                framer.discard_partial()
                continue
            now = self._clock.now()
            for payload in framer.feed(data):
                await self._present(payload, now, is_fresh=is_settled)
            self._check_garbled(framer)

    async def _present(self, payload: bytes, now: Instant, *, is_fresh: bool) -> None:
        if not self._debounce.is_new(payload, now):
            return
        await self._device.emit(
            CredentialPresented(
                origin=self._device.origin(now),
                medium=self._medium,
                payload=payload,
                is_fresh=is_fresh,
            )
        )

    def _check_garbled(self, framer: LineFramer) -> None:
        if framer.counts.discarded_since_line < GARBLED_BYTES:
            return
        raise DeviceUnavailable(
            f"{self._settings.line.in_words()}: bytes arrive, but no readable line; "
            "check that `baud` and `parity` are those of the scanner, then the wiring"
        )
