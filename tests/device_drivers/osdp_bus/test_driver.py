"""What drivers of OSDP devices do alike, shown with a reader."""

from pathlib import Path

from access_core.devices.events import (
    DeviceLost,
    DeviceReady,
    DeviceUntrusted,
    DoorContactChanged,
    ExitRequested,
    TamperChanged,
)
from access_core.devices.health import DeviceState
from device_drivers.osdp_reader.settings import OsdpReaderSettings
from device_drivers.osdp_reader.supervisor import OsdpReaderDriver
from simulators.osdp_peripheral import Honesty
from simulators.osdp_reader import SimulatedOsdpReader
from tests.device_drivers.osdp_bus.a_bus import ADDRESS, THE_DEVICE, ABus, a_bus
from tests.device_drivers.osdp_bus.virtual_line import KEY, OTHER_KEY


def a_driver(stand: ABus, **more: object) -> OsdpReaderDriver:
    """Of the reader on the stand, with a button and a door's contact at it."""
    settings = stand.settings(OsdpReaderSettings, inputs=["exit_button", "door_contact"], **more)
    return OsdpReaderDriver(settings, THE_DEVICE, stand.clock, stand.bus(settings))


async def test_contacts_and_housing_are_told(tmp_path: Path) -> None:
    """Button, door and housing of one reader, in the words of the gate."""
    reader = SimulatedOsdpReader(ADDRESS, KEY)
    async with a_bus(tmp_path, reader) as stand:
        heard = stand.run(driver := a_driver(stand))
        await heard.next(DeviceReady)
        reader.set_input(0, on=True)
        await heard.next(ExitRequested)
        reader.set_input(1, on=True)
        await heard.next(DoorContactChanged)
        reader.tamper(on=True)
        assert (await heard.next(TamperChanged)).is_active
        assert driver.health().state is DeviceState.READY
        assert driver.health().counters["line_frames"] > 5
        assert driver.outputs() == ("output_0", "output_1")
        assert len(driver.inputs()) == 2


async def test_an_impostor_is_an_alarm_with_its_address_and_never_ready(tmp_path: Path) -> None:
    """Each attempt, counted, and the words say where to look."""
    reader = SimulatedOsdpReader(ADDRESS, KEY)
    reader.pretend(Honesty.FORGED)
    async with a_bus(tmp_path, reader) as stand:
        heard = stand.run(driver := a_driver(stand))
        first = await heard.next(DeviceUntrusted)
        await heard.next(DeviceUntrusted)
        assert f"address {ADDRESS}" in first.detail
        assert "check the reader" in first.detail
        assert not any(isinstance(event, DeviceReady) for event in heard.reported)
        assert driver.health().counters["untrusted"] >= 2


async def test_a_wrong_key_is_an_alarm(tmp_path: Path) -> None:
    """Exchanged or keyed elsewhere: told, and not let in."""
    async with a_bus(tmp_path, SimulatedOsdpReader(ADDRESS, OTHER_KEY)) as stand:
        heard = stand.run(a_driver(stand))
        assert "does not have this site's key" in (await heard.next(DeviceUntrusted)).detail


async def test_a_missing_key_file_is_a_loss_in_words(tmp_path: Path) -> None:
    """The reason names the file and the command."""
    async with a_bus(tmp_path, SimulatedOsdpReader(ADDRESS, KEY)) as stand:
        driver = a_driver(stand, key_file=str(tmp_path / "none.key"))
        heard = stand.run(driver)
        lost = await heard.next(DeviceLost)
        assert "osdp-install" in lost.reason
