"""A scanner on its open line."""

from collections import Counter
from pathlib import Path

from device_drivers.serial_scanner.device import scanner_on
from device_drivers.serial_scanner.settings import SerialScannerSettings
from device_drivers.serial_scanner.transport import open_line
from device_drivers.system_clock import SystemClock
from device_drivers.transports.serial_settings import SerialLineSettings
from simulators.line import SimulatedLine
from simulators.serial_scanner import SimulatedScanner


async def test_a_line_is_a_read_and_is_counted(tmp_path: Path) -> None:
    """The device puts line and codec together and counts for its supervisor."""
    counts: Counter[str] = Counter()
    async with SimulatedLine(tmp_path) as line, SimulatedScanner(line.far_port) as scanner:
        settings = SerialScannerSettings(line=SerialLineSettings(port=str(line.near_port)))
        device = scanner_on(await open_line(settings.line), settings, SystemClock(), counts)
        scanner.scan("CP1:X")
        arrival = await device.next()
        device.close()
    assert [read.payload for read in arrival.reads] == [b"CP1:X"]
    assert not arrival.is_fresh
    assert counts["lines"] == 1
