"""Orders to a peripheral's outputs."""

from pathlib import Path

from access_core.devices.commands import PulseOutput, ReleaseOutcome
from access_core.ids import CommandId
from device_drivers.osdp_bus.messages import OutputControl, Switch
from device_drivers.osdp_bus.settings import OsdpDeviceSettings
from device_drivers.osdp_bus.switching import Switchboard
from simulators.osdp_reader import SimulatedOsdpReader
from tests.device_drivers.osdp_bus.a_bus import ADDRESS, THE_DEVICE, ABus, a_bus, until
from tests.device_drivers.osdp_bus.virtual_line import KEY

ON = Switch(0, OutputControl.ON)


async def a_switchboard(stand: ABus) -> Switchboard:
    """Of a peripheral that is online."""
    settings = stand.settings(OsdpDeviceSettings)
    seat = stand.bus(settings).join(THE_DEVICE, settings)
    seat.set_key(KEY)
    await until(lambda: seat.peripheral.is_online)
    return Switchboard(seat, stand.clock)


async def test_an_order_is_confirmed_by_the_output_and_not_repeated(tmp_path: Path) -> None:
    """Once on; the same order again is refused."""
    reader = SimulatedOsdpReader(ADDRESS, KEY)
    async with a_bus(tmp_path, reader) as stand:
        switchboard = await a_switchboard(stand)
        first = await switchboard.give(CommandId("one"), [ON], None)
        again = await switchboard.give(CommandId("one"), [ON], None)
        assert (first.outcome, again.outcome) == (
            ReleaseOutcome.CONFIRMED,
            ReleaseOutcome.REFUSED,
        )
        assert reader.inside.outputs[0].pulses == 1


async def test_a_late_order_expires_unsent(tmp_path: Path) -> None:
    """Its deadline has passed: nothing is switched."""
    reader = SimulatedOsdpReader(ADDRESS, KEY)
    async with a_bus(tmp_path, reader) as stand:
        switchboard = await a_switchboard(stand)
        late = stand.clock.now().plus_ms(-1)
        result = await switchboard.give(CommandId("one"), [ON], late)
        assert result.outcome is ReleaseOutcome.EXPIRED
        assert reader.inside.outputs[0].pulses == 0


async def test_an_order_whose_answer_is_lost_is_unknown(tmp_path: Path) -> None:
    """It may have been done, and that is what is said."""
    reader = SimulatedOsdpReader(ADDRESS, KEY)
    async with a_bus(tmp_path, reader) as stand:
        switchboard = await a_switchboard(stand)
        reader.is_mute_after_pulse = True
        result = await switchboard.give(CommandId("one"), [ON], None)
        assert result.outcome is ReleaseOutcome.UNKNOWN
        assert reader.inside.outputs[0].pulses == 1


async def test_an_output_it_does_not_have_is_refused_by_the_peripheral(tmp_path: Path) -> None:
    """In its own words."""
    async with a_bus(tmp_path, SimulatedOsdpReader(ADDRESS, KEY)) as stand:
        switchboard = await a_switchboard(stand)
        result = await switchboard.give(CommandId("one"), [Switch(9, OutputControl.ON)], None)
        assert result.outcome is ReleaseOutcome.REFUSED
        assert "will not" in result.detail


async def test_a_wiring_test_switches_one_output_for_a_moment(tmp_path: Path) -> None:
    """By its name; a name that is none is refused."""
    reader = SimulatedOsdpReader(ADDRESS, KEY)
    async with a_bus(tmp_path, reader) as stand:
        switchboard = await a_switchboard(stand)
        assert switchboard.names() == ("output_0", "output_1")
        good = await switchboard.pulse(a_pulse(stand, "output_1"))
        bad = await switchboard.pulse(a_pulse(stand, "output_2"))
        assert good.outcome is ReleaseOutcome.CONFIRMED
        assert reader.inside.outputs[1].ends_at is not None
        assert bad.outcome is ReleaseOutcome.REFUSED


def a_pulse(stand: ABus, output: str) -> PulseOutput:
    """By a technician."""
    return PulseOutput(
        command_id=CommandId(f"pulse of {output}"),
        output=output,
        deadline=stand.clock.now().plus_ms(1_000),
        reason="wiring test",
        issued_by="technician",
    )
