"""A scanner as a `ReaderDriver`."""

import logging
from collections import Counter

from access_core.clock import Clock
from access_core.ids import DeviceId
from device_drivers.dialects import Dialect
from device_drivers.line_reader import LineReader, LineReaderDriver
from device_drivers.serial_scanner.device import scanner_on
from device_drivers.serial_scanner.settings import SerialScannerSettings
from device_drivers.serial_scanner.transport import open_line, slow_for_codes
from device_drivers.supervised import Backoff, SupervisedDevice

_log = logging.getLogger(__name__)


class SerialScannerDriver(LineReaderDriver):
    """Reads lines from a scanner, a card reader or a Wiegand converter; each line is one read.

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
        """Nothing is opened before `run()`; a line that is slow for codes is logged once."""
        device = SupervisedDevice(device_id, clock, backoff=backoff)
        super().__init__(device, clock, gone_after_ms=settings.repeat_after_ms)
        self._settings = settings
        if settings.dialect is Dialect.QR and (words := slow_for_codes(settings.line)):
            _log.warning("%s: %s", device_id, words)

    async def _open(self, counts: Counter[str]) -> LineReader:
        line = await open_line(self._settings.line)
        return scanner_on(line, self._settings, self._clock, counts)
