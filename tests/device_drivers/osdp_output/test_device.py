"""Orders to a door at its seat."""

from pathlib import Path

from access_core.devices.commands import FreeDoor, ReleaseDoor, ReleaseOutcome, SecureDoor
from access_core.devices.events import Direction
from access_core.ids import CommandId
from device_drivers.osdp_bus.switching import Switchboard
from device_drivers.osdp_bus.wires import Wires
from device_drivers.osdp_output.device import OutputDoor
from device_drivers.osdp_output.settings import OsdpOutputSettings
from simulators.osdp_reader import SimulatedOsdpReader
from tests.device_drivers.osdp_bus.a_bus import ADDRESS, THE_DEVICE, ABus, a_bus, until
from tests.device_drivers.osdp_bus.virtual_line import KEY


async def a_door(stand: ABus) -> OutputDoor:
    """A lane with an output for each way, online."""
    settings = stand.settings(OsdpOutputSettings, release_exit_output=1, release_ms=300)
    seat = stand.bus(settings).join(THE_DEVICE, settings)
    seat.set_key(KEY)
    await until(lambda: seat.peripheral.is_online)
    wires = Wires(settings.points())
    return OutputDoor(settings, Switchboard(seat, stand.clock), wires, stand.clock)


def a_release(stand: ABus, name: str = "one", within_ms: int = 1_000) -> ReleaseDoor:
    """Towards the exit."""
    return ReleaseDoor(
        command_id=CommandId(name),
        direction=Direction.EXIT,
        deadline=stand.clock.now().plus_ms(within_ms),
        reason="granted",
        issued_by="gate",
    )


async def test_a_release_switches_the_output_of_its_way_for_its_time(tmp_path: Path) -> None:
    """The peripheral's own timer runs; the other way stays locked."""
    reader = SimulatedOsdpReader(ADDRESS, KEY)
    async with a_bus(tmp_path, reader) as stand:
        result = await (await a_door(stand)).release(a_release(stand))
        assert result.outcome is ReleaseOutcome.CONFIRMED
        assert [output.pulses for output in reader.inside.outputs] == [0, 1]
        assert reader.inside.outputs[1].ends_at is not None


async def test_a_late_release_opens_nothing(tmp_path: Path) -> None:
    """Expired, unsent."""
    reader = SimulatedOsdpReader(ADDRESS, KEY)
    async with a_bus(tmp_path, reader) as stand:
        result = await (await a_door(stand)).release(a_release(stand, within_ms=-1))
        assert result.outcome is ReleaseOutcome.EXPIRED
        assert not any(output.pulses for output in reader.inside.outputs)


async def test_a_freed_door_is_open_until_secured(tmp_path: Path) -> None:
    """Every output on for good, then off."""
    reader = SimulatedOsdpReader(ADDRESS, KEY)
    async with a_bus(tmp_path, reader) as stand:
        door = await a_door(stand)
        until_ = stand.clock.now().plus_ms(1_000)
        freed = await door.free(
            FreeDoor(command_id=CommandId("free"), deadline=until_, reason="fire", issued_by="gate")
        )
        assert freed.outcome is ReleaseOutcome.CONFIRMED
        assert all(output.is_on and output.ends_at is None for output in reader.inside.outputs)
        secured = await door.secure(
            SecureDoor(command_id=CommandId("secure"), reason="reset", issued_by="gate")
        )
        assert secured.outcome is ReleaseOutcome.CONFIRMED
        assert not any(output.is_on for output in reader.inside.outputs)
