"""The tag reader's driver against a simulated reader."""

import asyncio
from pathlib import Path

import pytest
import rdm6300

from access_core.devices.commands import ShowFeedback, Signal
from access_core.devices.events import DeviceLost, DeviceReady, Direction
from access_core.devices.health import DeviceState
from access_core.ids import DeviceId
from device_drivers.em4100.codec import TagDialect
from device_drivers.em4100.settings import Em4100Settings
from device_drivers.em4100.supervisor import Em4100Driver
from device_drivers.supervised import Backoff
from device_drivers.system_clock import SystemClock
from device_drivers.transports.serial_settings import SerialLineSettings
from simulators.line import SimulatedLine, Toward
from simulators.tag_reader import REPEAT_S, Make, SimulatedTagReader
from tests.device_drivers.reader_runs import next_read, reading

GONE_AFTER_MS = 150
FIRST, SECOND = bytes.fromhex("62E3086CED"), bytes.fromhex("0102030405")


def _driver(line: SimulatedLine, dialect: TagDialect = TagDialect.ASCII) -> Em4100Driver:
    settings = Em4100Settings(
        line=SerialLineSettings(port=str(line.near_port)),
        dialect=dialect,
        gone_after_ms=GONE_AFTER_MS,
        settle_ms=60,
    )
    backoff = Backoff(first_ms=1, longest_ms=20)
    return Em4100Driver(settings, DeviceId("tags"), SystemClock(), backoff=backoff)


async def test_a_tag_that_stays_is_one_presentation(tmp_path: Path) -> None:
    """However often the reader repeats it; another tag, or the same after a pause, is a new one."""
    async with SimulatedLine(tmp_path) as line, SimulatedTagReader(line.far_port) as reader:
        driver = _driver(line)
        async with reading(driver) as events:
            await reader.hold(FIRST, 5)
            reader.read(SECOND)
            await asyncio.sleep(3 * GONE_AFTER_MS / 1000)
            reader.read(SECOND)
            payloads = [(await next_read(events)).payload for _ in range(3)]
            assert payloads == [
                b"EM4100:62E3086CED",
                b"EM4100:0102030405",
                b"EM4100:0102030405",
            ]
            assert driver.health().counters["frames"] == 7


async def test_a_tag_that_lay_there_is_not_fresh(tmp_path: Path) -> None:
    """Nobody presented it just now; after a quiet moment a tag is fresh again."""
    async with (
        SimulatedLine(tmp_path) as line,
        SimulatedTagReader(line.far_port) as reader,
        reading(_driver(line)) as events,
    ):
        reader.read(FIRST)
        assert not (await next_read(events)).is_fresh
        await asyncio.sleep(3 * REPEAT_S + 0.1)
        reader.read(SECOND)
        assert (await next_read(events)).is_fresh


async def test_the_wrong_dialect_is_said_in_words(tmp_path: Path) -> None:
    """A binary reader with ASCII settings: lost, with what to check, and not over and over."""
    async with (
        SimulatedLine(tmp_path) as line,
        SimulatedTagReader(line.far_port, make=Make.GWIOT_7941E) as reader,
    ):
        driver = _driver(line)
        async with reading(driver) as events:
            for _ in range(10):
                reader.read(FIRST)
            lost = await anext(events)
            assert isinstance(lost, DeviceLost)
            assert "check that `dialect`" in lost.reason
            assert driver.health().state is not DeviceState.READY


async def test_unplugged_is_lost_once_and_back_once(tmp_path: Path) -> None:
    """And half a frame from before is not the beginning of the next."""
    async with (
        SimulatedLine(tmp_path) as line,
        SimulatedTagReader(line.far_port) as reader,
        reading(_driver(line)) as events,
    ):
        line.unplug()
        assert isinstance(await anext(events), DeviceLost)
        line.plug_in()
        ready = await anext(events)
        assert isinstance(ready, DeviceReady)
        assert ready.origin.epoch == 2
        reader.read(FIRST)
        assert (await next_read(events)).origin.epoch == 2


async def test_it_shows_nothing_and_does_not_mind(tmp_path: Path) -> None:
    """A reader without a way back takes feedback without a word, also when it is not there."""
    settings = Em4100Settings(line=SerialLineSettings(port=str(tmp_path / "absent")))
    driver = Em4100Driver(settings, DeviceId("tags"), SystemClock())
    await driver.show(
        ShowFeedback(signal=Signal.GO, direction=Direction.ENTRY, text_zh="请通行", text_en="Go")
    )
    assert driver.health().state is DeviceState.STARTING


@pytest.mark.parametrize("dialect", TagDialect)
async def test_both_dialects_arrive(tmp_path: Path, dialect: TagDialect) -> None:
    """The same tag by either make is the same card."""
    make = Make.RDM6300 if dialect is TagDialect.ASCII else Make.GWIOT_7941E
    async with (
        SimulatedLine(tmp_path) as line,
        SimulatedTagReader(line.far_port, make=make) as reader,
        reading(_driver(line, dialect)) as events,
    ):
        reader.read(FIRST)
        assert (await next_read(events)).payload == b"EM4100:62E3086CED"


async def test_an_independent_reader_hears_the_same(tmp_path: Path) -> None:
    """The rdm6300 package reads the same tags off the same bytes, and refuses the same damage."""
    for number in (FIRST, SECOND):
        folder = tmp_path / number.hex()
        folder.mkdir()
        async with SimulatedLine(folder) as line, SimulatedTagReader(line.far_port) as reader:
            other = rdm6300.Reader(str(line.near_port))
            damaged = bytearray(reader.frame(number))
            damaged[3] ^= 0x01
            line.inject(Toward.DRIVER, bytes(damaged))
            reader.read(number)
            heard = await asyncio.to_thread(other.read, 5)
            other.close()
            assert bytes([heard.type]) + heard.value.to_bytes(4) == number
            async with reading(_driver(line)) as events:
                line.inject(Toward.DRIVER, bytes(damaged))
                reader.read(number)
                read = await next_read(events)
                assert read.payload == b"EM4100:" + number.hex().upper().encode()
