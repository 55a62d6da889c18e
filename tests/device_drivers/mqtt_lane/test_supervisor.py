"""Reader and door of a lane controller against a simulated one at a real broker."""

from pathlib import Path

from access_core.clock import Instant
from access_core.devices.commands import (
    FreeDoor,
    PulseOutput,
    ReleaseOutcome,
    SecureDoor,
    ShowFeedback,
    Signal,
)
from access_core.devices.events import (
    CredentialPresented,
    DeviceLost,
    DeviceReady,
    Direction,
    DoorAlarm,
    ExitRequested,
    FireInputChanged,
    Medium,
    PassageReversed,
    PassageSensed,
    PassageStarted,
    ResetPressed,
    TamperChanged,
)
from access_core.devices.health import DeviceState
from access_core.devices.ports import WiredDevice
from access_core.ids import CommandId
from simulators.turnstile_lane import Way
from tests.device_drivers.mqtt_lane.mqtt_gate import CLOCK, mqtt_gate, until


async def test_a_credential_is_presented_as_it_was_read(tmp_path: Path) -> None:
    """Fresh, of its medium, byte for byte; one of another reader is not ours."""
    async with mqtt_gate(tmp_path) as gate:
        gate.lane.present("W26:00A1B2", medium="card", reader="out")
        gate.lane.present("W26:00A1B3", medium="card")
        read = await gate.at_reader.next(CredentialPresented)
        assert (read.medium, read.payload, read.is_fresh) == (Medium.CARD, b"W26:00A1B3", True)


async def test_a_passage_from_release_to_end(tmp_path: Path) -> None:
    """Confirmed, begun, through; in order and once each; stepping back is told too."""
    async with mqtt_gate(tmp_path) as gate:
        assert (await gate.release()).outcome is ReleaseOutcome.CONFIRMED
        await gate.lane.lane.until(lambda: gate.lane.lane.gives_way(Way.ENTRY), 5)
        await gate.lane.lane.step_back(Way.ENTRY)
        await gate.lane.walk(Way.ENTRY)
        assert (await gate.at_door.next(PassageStarted)).direction is Direction.ENTRY
        assert (await gate.at_door.next(PassageReversed)).direction is Direction.ENTRY
        assert (await gate.at_door.next(PassageSensed)).direction is Direction.ENTRY
        await until(lambda: gate.lane.lane.is_locked)
        assert gate.at_door.count(PassageSensed) == 1


async def test_inputs_are_told_and_shown(tmp_path: Path) -> None:
    """Fire, tamper and alarm as events; every input for the technician."""
    async with mqtt_gate(tmp_path) as gate:
        gate.lane.lane.set_fire(on=True)
        assert (await gate.at_door.next(FireInputChanged)).is_active
        gate.lane.set_input("tamper", on=True)
        assert (await gate.at_door.next(TamperChanged)).is_active
        gate.lane.lane.set_alarm(on=True)
        assert (await gate.at_door.next(DoorAlarm)).is_active
        assert isinstance(gate.door, WiredDevice)
        shown = {state.name: state.is_active for state in gate.door.inputs()}
        assert (shown["fire"], shown["tamper"], shown["door_contact"]) == (True, True, False)
        assert (await gate.release()).outcome is ReleaseOutcome.REFUSED


async def test_buttons_are_told_at_once(tmp_path: Path) -> None:
    """The exit button and the reset key."""
    async with mqtt_gate(tmp_path) as gate:
        gate.lane.press("exit")
        assert (await gate.at_door.next(ExitRequested)).direction is Direction.EXIT
        gate.lane.press("reset")
        await gate.at_door.next(ResetPressed)


async def test_a_button_pressed_during_an_outage_opens_nothing_after_it(tmp_path: Path) -> None:
    """Old requests to exit are counted and dropped; one pressed now is told (control)."""
    async with mqtt_gate(tmp_path) as gate:
        gate.lane.unplug()
        await gate.at_door.next(DeviceLost)
        gate.lane.press("exit")
        gate.lane.plug_in()
        await gate.at_door.next(DeviceReady)
        await until(lambda: gate.door.health().counters.get("stale_refused") == 1)
        assert gate.at_door.count(ExitRequested) == 0
        gate.lane.press("exit")
        await gate.at_door.next(ExitRequested)


async def test_passages_during_an_outage_are_told_once(tmp_path: Path) -> None:
    """Somebody who went through while the link was down is counted when it is back."""
    async with mqtt_gate(tmp_path) as gate:
        gate.lane.unplug()
        await gate.at_door.next(DeviceLost)
        gate.lane.lane.free()
        await gate.lane.walk(Way.ENTRY)
        await gate.lane.walk(Way.EXIT)
        gate.lane.lane.end_free()
        gate.lane.plug_in()
        await gate.at_door.next(DeviceReady)
        await gate.at_door.next(PassageSensed)
        await gate.at_door.next(PassageSensed)
        gate.lane.lane.free()
        await gate.lane.walk(Way.ENTRY)
        await gate.at_door.next(PassageSensed)
        assert gate.at_door.count(PassageSensed) == 3


async def test_a_controller_that_lost_its_power_is_an_alarm(tmp_path: Path) -> None:
    """Its counters begin anew: told as such, and nobody is counted."""
    async with mqtt_gate(tmp_path) as gate:
        gate.lane.lane.free()
        await gate.lane.walk(Way.ENTRY)
        await gate.at_door.next(PassageSensed)
        gate.lane.power_cycle()
        assert "began anew" in (await gate.at_door.next(DoorAlarm)).detail
        assert gate.at_door.count(PassageSensed) == 1


async def test_locking_freeing_and_the_wiring_test(tmp_path: Path) -> None:
    """Each order reaches the lane; an output that is not there is refused."""
    async with mqtt_gate(tmp_path) as gate:
        free = FreeDoor(command_id=CommandId("f"), reason="FIRE", issued_by="gate")
        assert (await gate.door.free(free)).outcome is ReleaseOutcome.CONFIRMED
        assert gate.lane.lane.is_free
        secure = SecureDoor(command_id=CommandId("s"), reason="RESET", issued_by="gate")
        assert (await gate.door.secure(secure)).outcome is ReleaseOutcome.CONFIRMED
        assert gate.lane.lane.is_locked
        assert "lamp" in gate.door.outputs()
        assert (await gate.door.pulse(_pulse("lamp"))).outcome is ReleaseOutcome.ACCEPTED
        assert (await gate.door.pulse(_pulse("siren"))).outcome is ReleaseOutcome.REFUSED
        assert gate.lane.pulsed == ["lamp"]


async def test_feedback_is_shown_at_its_reader(tmp_path: Path) -> None:
    """Signal and both texts arrive."""
    async with mqtt_gate(tmp_path) as gate:
        await gate.reader.show(
            ShowFeedback(
                signal=Signal.GO, direction=Direction.ENTRY, text_zh="请通行", text_en="Go"
            )
        )
        await until(lambda: bool(gate.lane.shown))
        shown = gate.lane.shown[0]
        assert (shown["reader"], shown["signal"], shown["text_zh"]) == ("in", "go", "请通行")


async def test_health_says_what_was_counted(tmp_path: Path) -> None:
    """Ready without a reason, messages and refusals by name."""
    async with mqtt_gate(tmp_path) as gate:
        gate.lane.present("CP1:X")
        await gate.at_reader.next(CredentialPresented)
        gate.lane.say_again()
        await until(lambda: gate.reader.health().counters.get("duplicates") == 1)
        health = gate.reader.health()
        assert (health.state, health.reason) == (DeviceState.READY, "")
        assert health.counters["messages"] > 1
        assert gate.at_reader.count(CredentialPresented) == 1
        assert isinstance(health.last_good, Instant)


def _pulse(output: str) -> PulseOutput:
    return PulseOutput(
        command_id=CommandId(f"p-{output}"),
        output=output,
        deadline=CLOCK.now().plus_ms(2_000),
        reason="wiring test",
        issued_by="technician",
    )
