"""A keyboard on its open node."""

from collections import Counter
from pathlib import Path

from device_drivers.dialects import Read
from device_drivers.keyboard_wedge.device import keyboard_on
from device_drivers.keyboard_wedge.settings import KeyboardWedgeSettings
from device_drivers.keyboard_wedge.transport import InputNode
from device_drivers.system_clock import SystemClock
from simulators.keyboard import SimulatedKeyboard


async def test_a_typed_line_is_a_read_and_is_counted(tmp_path: Path) -> None:
    """The device puts node and codec together and counts for its supervisor."""
    counts: Counter[str] = Counter()
    settings = KeyboardWedgeSettings(device=str(tmp_path / "kbd"))
    with SimulatedKeyboard(tmp_path / "kbd") as keyboard:
        device = keyboard_on(InputNode(settings.device), settings, SystemClock(), counts)
        keyboard.scan("CP1:AB")
        reads: list[Read] = []
        while not reads:
            reads += (await device.next()).reads
        device.close()
    assert [read.payload for read in reads] == [b"CP1:AB"]
    assert counts["lines"] == 1
