"""The keyboard's driver, with a FIFO in place of the node."""

from pathlib import Path

from access_core.devices.events import DeviceLost, DeviceReady
from access_core.ids import DeviceId
from device_drivers.keyboard_wedge.settings import KeyboardWedgeSettings
from device_drivers.keyboard_wedge.supervisor import KeyboardWedgeDriver
from device_drivers.supervised import Backoff
from device_drivers.system_clock import SystemClock
from simulators.keyboard import SimulatedKeyboard
from tests.device_drivers.reader_runs import next_read, reading


def _driver(node: Path) -> KeyboardWedgeDriver:
    settings = KeyboardWedgeSettings(device=str(node), settle_ms=30, repeat_after_ms=60_000)
    backoff = Backoff(first_ms=1, longest_ms=20)
    return KeyboardWedgeDriver(settings, DeviceId("wedge"), SystemClock(), backoff=backoff)


async def test_what_is_typed_is_presented_once(tmp_path: Path) -> None:
    """The same code typed twice is one presentation."""
    node = tmp_path / "kbd"
    with SimulatedKeyboard(node) as keyboard:
        async with reading(_driver(node)) as events:
            for text in ("CP1:A", "CP1:A", "CP1:B"):
                keyboard.scan(text)
            assert [(await next_read(events)).payload for _ in range(2)] == [b"CP1:A", b"CP1:B"]


async def test_it_may_vanish_and_return(tmp_path: Path) -> None:
    """Lost once, back once, and half a line from before is not the beginning of the next."""
    node = tmp_path / "kbd"
    with SimulatedKeyboard(node) as keyboard:
        async with reading(_driver(node)) as events:
            keyboard.type_half("CP1:HALF")
            keyboard.unplug()
            assert isinstance(await anext(events), DeviceLost)
            keyboard.plug_in()
            assert isinstance(await anext(events), DeviceReady)
            keyboard.scan("CP1:WHOLE")
            assert (await next_read(events)).payload == b"CP1:WHOLE"
