"""A door behind OSDP outputs on a line of this machine."""

from pathlib import Path

from access_core.devices.commands import ReleaseDoor, ReleaseOutcome
from access_core.devices.events import (
    DeviceLost,
    DeviceReady,
    Direction,
    DoorContactChanged,
    FaultChanged,
    PassageSensed,
)
from access_core.ids import CommandId
from device_drivers.osdp_output.settings import OsdpOutputSettings
from device_drivers.osdp_output.supervisor import OsdpOutputDriver
from simulators.osdp_reader import SimulatedOsdpReader
from tests.device_drivers.osdp_bus.a_bus import ADDRESS, THE_DEVICE, ABus, a_bus
from tests.device_drivers.osdp_bus.virtual_line import KEY


def a_door(stand: ABus, **more: object) -> OsdpOutputDriver:
    """The driver of a door with its contact at the first input."""
    settings = stand.settings(OsdpOutputSettings, inputs=["door_contact"], **more)
    return OsdpOutputDriver(settings, THE_DEVICE, stand.clock, stand.bus(settings))


def a_release(stand: ABus) -> ReleaseDoor:
    """For one entry."""
    return ReleaseDoor(
        command_id=CommandId("one"),
        direction=Direction.ENTRY,
        deadline=stand.clock.now().plus_ms(1_000),
        reason="granted",
        issued_by="gate",
    )


async def test_an_opened_door_after_a_release_is_a_passage(tmp_path: Path) -> None:
    """Released, opened: one person towards the way that was released."""
    reader = SimulatedOsdpReader(ADDRESS, KEY)
    async with a_bus(tmp_path, reader) as stand:
        driver = a_door(stand)
        heard = stand.run(driver)
        await heard.next(DeviceReady)
        result = await driver.release(a_release(stand))
        assert result.outcome is ReleaseOutcome.CONFIRMED
        reader.set_input(0, on=True)
        assert (await heard.next(PassageSensed)).direction is Direction.ENTRY


async def test_a_door_opened_without_a_release_is_no_passage(tmp_path: Path) -> None:
    """The contact is told; what that means is the gate's business."""
    reader = SimulatedOsdpReader(ADDRESS, KEY)
    async with a_bus(tmp_path, reader) as stand:
        heard = stand.run(a_door(stand))
        await heard.next(DeviceReady)
        reader.set_input(0, on=True)
        await heard.next(DoorContactChanged)
        assert not any(isinstance(event, PassageSensed) for event in heard.reported)


async def test_a_door_that_is_away_refuses_and_is_not_pulsed_later(tmp_path: Path) -> None:
    """Neither losing the line nor getting it back switches anything."""
    reader = SimulatedOsdpReader(ADDRESS, KEY)
    async with a_bus(tmp_path, reader) as stand:
        driver = a_door(stand)
        heard = stand.run(driver)
        await heard.next(DeviceReady)
        stand.line.unplug()
        await heard.next(DeviceLost)
        result = await driver.release(a_release(stand))
        assert result.outcome is ReleaseOutcome.REFUSED
        stand.line.plug_in()
        await heard.next(DeviceReady)
        assert not any(output.pulses for output in reader.inside.outputs)


async def test_an_output_that_is_not_there_is_a_fault_in_words(tmp_path: Path) -> None:
    """The peripheral has two outputs; a door at the sixth is out of order, and why is said."""
    reader = SimulatedOsdpReader(ADDRESS, KEY)
    async with a_bus(tmp_path, reader) as stand:
        heard = stand.run(a_door(stand, release_entry_output=5))
        fault = await heard.next(FaultChanged)
        assert fault.is_active
        assert "2 outputs" in fault.detail
