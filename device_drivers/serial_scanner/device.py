"""A scanner on its open line: what it sends becomes reads. It is never sent anything."""

from collections import Counter

from access_core.clock import Clock
from device_drivers.line_reader import LineReader
from device_drivers.serial_scanner.codec import ScannerCodec
from device_drivers.serial_scanner.settings import SerialScannerSettings
from device_drivers.serial_scanner.transport import Line


def scanner_on(
    line: Line, settings: SerialScannerSettings, clock: Clock, counts: Counter[str]
) -> LineReader:
    """The scanner of `settings` on `line`, which it closes."""
    codec = ScannerCodec(settings, counts)
    return LineReader(line, codec, clock, settle_ms=settings.settle_ms)
