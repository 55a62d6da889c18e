"""A reader on a line of this machine."""

from pathlib import Path

from access_core.devices.commands import ShowFeedback, Signal
from access_core.devices.events import CredentialPresented, DeviceReady, Direction, Medium
from device_drivers.osdp_reader.settings import OsdpReaderSettings
from device_drivers.osdp_reader.supervisor import OsdpReaderDriver
from simulators.osdp_reader import SimulatedOsdpReader
from tests.device_drivers.osdp_bus.a_bus import ADDRESS, THE_DEVICE, ABus, a_bus, until
from tests.device_drivers.osdp_bus.virtual_line import KEY

GO = ShowFeedback(signal=Signal.GO, direction=Direction.ENTRY, text_zh="请", text_en="Go")


def a_reader(stand: ABus) -> OsdpReaderDriver:
    """The driver of the reader on the stand."""
    settings = stand.settings(OsdpReaderSettings, keypad_wait_ms=500)
    return OsdpReaderDriver(settings, THE_DEVICE, stand.clock, stand.bus(settings))


async def test_cards_and_keys_are_presented(tmp_path: Path) -> None:
    """A card, an entry ended by `#`, and one ended by waiting."""
    reader = SimulatedOsdpReader(ADDRESS, KEY)
    async with a_bus(tmp_path, reader) as stand:
        heard = stand.run(a_reader(stand))
        await heard.next(DeviceReady)
        reader.present_wiegand_26(12, 345)
        card = await heard.next(CredentialPresented)
        assert (card.medium, card.payload) == (Medium.CARD, b"W26:0C0159")
        reader.press("99*12#")
        assert (await heard.next(CredentialPresented)).payload == b"KEYS:12"
        reader.press("34")
        assert (await heard.next(CredentialPresented)).payload == b"KEYS:34"


async def test_a_person_is_told_by_light_sound_and_text(tmp_path: Path) -> None:
    """All that the reader has."""
    reader = SimulatedOsdpReader(ADDRESS, KEY)
    async with a_bus(tmp_path, reader) as stand:
        driver = a_reader(stand)
        await stand.run(driver).next(DeviceReady)
        await driver.show(GO)
        shown = reader.inside.shown
        await until(lambda: bool(shown.lights and shown.sounds and shown.texts))
        assert shown.texts[0].endswith(b"Go")


async def test_a_reader_that_is_away_shows_nothing_later(tmp_path: Path) -> None:
    """What was to be shown before it came is of no use to anybody."""
    reader = SimulatedOsdpReader(ADDRESS, KEY)
    async with a_bus(tmp_path, reader) as stand:
        driver = a_reader(stand)
        await driver.show(GO)
        heard = stand.run(driver)
        await heard.next(DeviceReady)
        reader.present_wiegand_26(1, 1)
        await heard.next(CredentialPresented)
        assert reader.inside.shown.lights == []
