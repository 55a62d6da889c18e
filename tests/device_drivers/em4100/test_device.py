"""A tag reader on its open line."""

from collections import Counter
from pathlib import Path

from device_drivers.em4100.device import tag_reader_on
from device_drivers.em4100.settings import Em4100Settings
from device_drivers.em4100.transport import open_line
from device_drivers.system_clock import SystemClock
from device_drivers.transports.serial_settings import SerialLineSettings
from simulators.line import SimulatedLine
from simulators.tag_reader import SimulatedTagReader


async def test_a_frame_on_the_line_is_a_read_and_is_counted(tmp_path: Path) -> None:
    """The device puts line and codec together and counts for its supervisor."""
    counts: Counter[str] = Counter()
    async with SimulatedLine(tmp_path) as line, SimulatedTagReader(line.far_port) as reader:
        settings = Em4100Settings(line=SerialLineSettings(port=str(line.near_port)))
        device = tag_reader_on(await open_line(settings.line), settings, SystemClock(), counts)
        reader.read(bytes.fromhex("62E3086CED"))
        reads = [read for _ in range(1) for read in (await device.next()).reads]
        device.close()
    assert [read.payload for read in reads] == [b"EM4100:62E3086CED"]
    assert counts["frames"] == 1
