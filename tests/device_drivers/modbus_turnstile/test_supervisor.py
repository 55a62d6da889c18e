"""The turnstile driver against pymodbus' server behind a simulated lane."""

import asyncio
from pathlib import Path

import pytest

from access_core.devices.commands import FreeDoor, PulseOutput, ReleaseOutcome, SecureDoor
from access_core.devices.events import (
    DeviceLost,
    DeviceReady,
    Direction,
    DoorAlarm,
    DoorContactChanged,
    ExitRequested,
    FaultChanged,
    FireInputChanged,
    LaneAlarm,
    PassageReversed,
    PassageSensed,
    PassageStarted,
    ResetPressed,
    TamperChanged,
)
from access_core.devices.health import DeviceState
from access_core.devices.ports import WiredDevice
from access_core.ids import CommandId, DeviceId
from device_drivers.modbus_turnstile.bus import ModbusBus
from device_drivers.modbus_turnstile.profile import InputPoint, RegisterProfile
from device_drivers.modbus_turnstile.settings import ModbusTurnstileSettings
from device_drivers.modbus_turnstile.supervisor import ModbusTurnstileDriver
from device_drivers.system_clock import SystemClock
from device_drivers.transports.serial_settings import SerialLineSettings
from simulators.line import Fault, SimulatedLine, Toward
from simulators.modbus_turnstile import ModbusServer, SimulatedTurnstile
from simulators.turnstile_lane import AlarmKind, WalkResult, Way
from tests.device_drivers.modbus_turnstile.a_lane import QUICK, a_lane, a_lane_over_tcp


async def test_a_release_is_confirmed_and_the_passage_told(tmp_path: Path) -> None:
    """Order, confirmation by the board, start and end of the passage, each once."""
    async with a_lane(tmp_path) as lane:
        result = await lane.release()
        assert result.outcome is ReleaseOutcome.CONFIRMED
        assert await lane.board.walk(Way.ENTRY) is WalkResult.THROUGH
        started, sensed = await lane.next(), await lane.next()
        assert isinstance(started, PassageStarted)
        assert isinstance(sensed, PassageSensed)
        assert sensed.direction is Direction.ENTRY
        assert lane.board.oracle.releases_entry == lane.board.oracle.rotations_entry == 1


async def test_the_way_out_is_told_apart(tmp_path: Path) -> None:
    """A release for exit lets through outwards only, and the passage says so."""
    async with a_lane(tmp_path) as lane:
        await lane.release(Direction.EXIT)
        assert await lane.board.walk(Way.ENTRY) is WalkResult.BLOCKED
        assert await lane.board.walk(Way.EXIT) is WalkResult.THROUGH
        await lane.next()
        sensed = await lane.next()
        assert isinstance(sensed, PassageSensed)
        assert sensed.direction is Direction.EXIT


async def test_stepping_back_is_a_reversal_and_no_passage(tmp_path: Path) -> None:
    """Somebody who begins and steps back is told as started, then reversed."""
    async with a_lane(tmp_path) as lane:
        await lane.release()
        assert await lane.board.step_back(Way.ENTRY) is WalkResult.STEPPED_BACK
        assert isinstance(await lane.next(), PassageStarted)
        assert isinstance(await lane.next(), PassageReversed)
        assert lane.board.oracle.rotations_entry == 0


async def test_counters_found_at_the_start_are_no_passages(tmp_path: Path) -> None:
    """A board that has counted 41 people before is read as it is; the next one is told once."""
    async with a_lane(tmp_path, before=41) as lane:
        await lane.release()
        await lane.board.walk(Way.ENTRY)
        assert isinstance(await lane.next(), PassageStarted)
        assert isinstance(await lane.next(), PassageSensed)
        lane.board.alarm(on=True)
        assert isinstance(await lane.next(), DoorAlarm)


async def test_a_passage_during_a_line_loss_is_told_once(tmp_path: Path) -> None:
    """Unplugged between release and passage, the passage is told after the reconnect, once."""
    async with a_lane(tmp_path) as lane:
        await lane.release()
        lane.line.unplug()
        assert isinstance(await lane.next(), DeviceLost)
        await lane.board.walk(Way.ENTRY)
        lane.line.plug_in()
        ready, sensed = await lane.next(), await lane.next()
        assert isinstance(ready, DeviceReady)
        assert ready.origin.epoch == 2
        assert isinstance(sensed, PassageSensed)
        lane.board.alarm(on=True)
        assert isinstance(await lane.next(), DoorAlarm)


async def test_fire_is_told_and_nothing_relocks_before_it_is_secured(tmp_path: Path) -> None:
    """Fire frees in hardware and is only told; secure is refused while it burns, done after."""
    async with a_lane(tmp_path) as lane:
        lane.board.fire(on=True)
        fire = await lane.next()
        assert isinstance(fire, FireInputChanged)
        assert fire.is_active
        refused = await lane.driver.secure(
            SecureDoor(command_id=CommandId("s1"), reason="test", issued_by="test")
        )
        assert refused.outcome is ReleaseOutcome.REFUSED
        assert (await lane.release()).outcome is ReleaseOutcome.REFUSED
        lane.board.fire(on=False)
        over = await lane.next()
        assert isinstance(over, FireInputChanged)
        assert not over.is_active
        assert lane.board.lane.is_free
        await lane.board.turn_reset_key()
        assert isinstance(await lane.next(), ResetPressed)
        done = await lane.driver.secure(
            SecureDoor(command_id=CommandId("s2"), reason="reset", issued_by="test")
        )
        assert done.outcome is ReleaseOutcome.CONFIRMED
        assert lane.board.lane.is_locked
        assert lane.board.oracle.relocked_without_reset == 0


async def test_freeing_by_order_lasts_until_secured(tmp_path: Path) -> None:
    """A freed lane lets anybody through both ways, without a release, until it is secured."""
    async with a_lane(tmp_path) as lane:
        freed = await lane.driver.free(
            FreeDoor(command_id=CommandId("f1"), reason="evacuation", issued_by="test")
        )
        assert freed.outcome is ReleaseOutcome.CONFIRMED
        for way in Way:
            assert await lane.board.walk(way) is WalkResult.THROUGH
        done = await lane.driver.secure(
            SecureDoor(command_id=CommandId("s1"), reason="over", issued_by="test")
        )
        assert done.outcome is ReleaseOutcome.CONFIRMED
        assert await lane.board.walk(Way.ENTRY) is WalkResult.BLOCKED
        assert lane.board.oracle.releases_entry == 0


async def test_a_late_order_is_expired_and_never_sent(tmp_path: Path) -> None:
    """After its deadline an order answers expired, and the board has seen nothing."""
    async with a_lane(tmp_path) as lane:
        result = await lane.release(within_ms=-1)
        assert result.outcome is ReleaseOutcome.EXPIRED
        assert lane.board.oracle.releases_entry == 0


async def test_the_same_order_twice_is_done_once(tmp_path: Path) -> None:
    """A repeated command id is refused unsent."""
    async with a_lane(tmp_path) as lane:
        await lane.release(command_id="once")
        again = await lane.release(command_id="once")
        assert again.outcome is ReleaseOutcome.REFUSED
        assert lane.board.oracle.releases_entry == 1
        assert lane.board.oracle.refused == 0


async def test_a_busy_board_refuses(tmp_path: Path) -> None:
    """A second release while one waits is refused by the board, with its words."""
    async with a_lane(tmp_path) as lane:
        await lane.release()
        result = await lane.release()
        assert result.outcome is ReleaseOutcome.REFUSED
        assert "busy" in result.detail


async def test_a_cut_line_answers_unknown_within_a_second(tmp_path: Path) -> None:
    """With the line cut, the order is unknown, in time, and the board is reported lost."""
    async with a_lane(tmp_path) as lane:
        lane.line.cut()
        start = asyncio.get_running_loop().time()
        result = await lane.release()
        assert result.outcome is ReleaseOutcome.UNKNOWN
        assert asyncio.get_running_loop().time() - start < 1.0
        lost = await lane.next()
        assert isinstance(lost, DeviceLost)
        assert "no answer; check power" in lost.reason
        assert (await lane.release()).outcome is ReleaseOutcome.REFUSED


async def test_a_lost_answer_to_a_release_is_found_out(tmp_path: Path) -> None:
    """If only the board's answer is lost, the next reading shows the lane released: confirmed."""
    async with a_lane(tmp_path) as lane:
        lane.line.arm(Toward.DRIVER, *[Fault.DROP] * 2)
        result = await lane.release()
        assert result.outcome is ReleaseOutcome.CONFIRMED
        assert lane.board.oracle.releases_entry == 1


async def test_late_doubled_and_broken_answers_make_no_passage(tmp_path: Path) -> None:
    """Answers late, doubled, flipped, halved or behind noise are never told as something."""
    async with a_lane(tmp_path, before=7) as lane:
        for fault in [*Fault, *Fault]:
            lane.line.arm(Toward.DRIVER, fault, late_ms=130)
            await lane.next_reading()
            await lane.next_reading()
        assert lane.line.faults_left(Toward.DRIVER) == 0
        await lane.release()
        await lane.board.walk(Way.ENTRY)
        assert isinstance(await lane.next(), PassageStarted)
        assert isinstance(await lane.next(), PassageSensed)


async def test_a_board_that_lost_power_is_told_as_an_alarm_not_as_passages(tmp_path: Path) -> None:
    """Counters that begin anew raise an alarm and tell no passage."""
    async with a_lane(tmp_path, before=500) as lane:
        lane.board.power_cycle()
        on, off = await lane.next(), await lane.next()
        assert isinstance(on, DoorAlarm)
        assert on.is_active
        assert "lost power" in on.detail
        assert isinstance(off, DoorAlarm)
        assert not off.is_active


async def test_at_9600_baud_the_same_story_holds(tmp_path: Path) -> None:
    """On a line paced like a real one release and passage are told as well."""
    async with a_lane(tmp_path, baud=9600) as lane:
        assert (await lane.release()).outcome is ReleaseOutcome.CONFIRMED
        await lane.board.walk(Way.ENTRY)
        assert isinstance(await lane.next(), PassageStarted)
        assert isinstance(await lane.next(), PassageSensed)


def order_to_try(output: str, number: int = 1) -> PulseOutput:
    """A technician's wiring test."""
    return PulseOutput(
        command_id=CommandId(f"try {number}"),
        output=output,
        deadline=SystemClock().now().plus_ms(1_000),
        reason="wiring test",
        issued_by="technician",
    )


WIRED = RegisterProfile(
    exit_button=InputPoint(address=8),
    door_contact=InputPoint(address=9),
    tamper=InputPoint(address=10, active_low=True),
    ready=InputPoint(address=11),
    alarm_wrong_direction=InputPoint(address=12),
    alarm_tailgating=InputPoint(address=13),
    alarm_intrusion=InputPoint(address=14),
    fault=InputPoint(address=15),
)


async def test_over_tcp_the_same_story_holds() -> None:
    """Release, passage, loss and return over Modbus TCP."""
    async with a_lane_over_tcp() as lane:
        assert (await lane.release()).outcome is ReleaseOutcome.CONFIRMED
        await lane.board.walk(Way.ENTRY)
        assert isinstance(await lane.next(), PassageStarted)
        assert isinstance(await lane.next(), PassageSensed)
        await lane.board.server.shut()
        lost = await lane.until(DeviceLost)
        assert "check" in lost.reason
        assert (await lane.release()).outcome is ReleaseOutcome.REFUSED
        await lane.board.server.__aenter__()
        assert (await lane.until(DeviceReady)).origin.epoch == 2
        assert lane.board.oracle.releases_entry == 1


async def test_buttons_contacts_and_tampering_are_told(tmp_path: Path) -> None:
    """Exit button, door contact and housing, each as it changes, and nothing twice."""
    async with a_lane(tmp_path, profile=WIRED) as lane:
        await lane.board.lane.press_exit_button()
        assert isinstance(await lane.next(), ExitRequested)
        lane.board.lane.set_tamper(on=True)
        tamper = await lane.next()
        assert isinstance(tamper, TamperChanged)
        assert tamper.is_active
        lane.board.lane.free()
        await lane.board.walk(Way.ENTRY)
        opened = await lane.until(DoorContactChanged)
        assert opened.is_open
        closed = await lane.until(DoorContactChanged)
        assert not closed.is_open


async def test_alarms_are_told_apart(tmp_path: Path) -> None:
    """Each alarm output of a lane that looks at people has its own kind."""
    async with a_lane(tmp_path, profile=WIRED) as lane:
        for kind in AlarmKind:
            lane.board.alarm(on=True, kind=kind)
            kinds = {event.kind for event in [await lane.until(DoorAlarm) for _ in range(2)]}
            assert kinds == {LaneAlarm.OTHER, LaneAlarm(kind.value)}
            lane.board.alarm(on=False, kind=kind)
            for _ in range(2):
                assert not (await lane.until(DoorAlarm)).is_active


async def test_a_second_person_close_behind_is_two_passages_and_an_alarm(tmp_path: Path) -> None:
    """Two through on one release: both told, with the lane's own alarm for it."""
    async with a_lane(tmp_path, profile=WIRED) as lane:
        await lane.release()
        await lane.board.tailgate(Way.ENTRY)
        passages, kinds = 0, set()
        while passages < 2 or LaneAlarm.TAILGATING not in kinds:
            event = await lane.next()
            passages += isinstance(event, PassageSensed)
            kinds |= {event.kind} if isinstance(event, DoorAlarm) else set()
        assert (passages, lane.board.oracle.tailgated) == (2, 1)


async def test_a_lane_that_is_not_ready_is_not_asked(tmp_path: Path) -> None:
    """While somebody is in the lane a release is refused unsent, with the reason."""
    async with a_lane(tmp_path, profile=WIRED) as lane:
        lane.board.lane.free()
        await lane.next_reading()
        await lane.next_reading()
        result = await lane.release()
        assert result.outcome is ReleaseOutcome.REFUSED
        assert "not ready" in result.detail
        assert lane.board.oracle.refused == 0


async def test_a_fault_of_its_own_is_told(tmp_path: Path) -> None:
    """The turnstile's own word that it is out of order, and that it is in order again."""
    async with a_lane(tmp_path, profile=WIRED) as lane:
        lane.board.lane.set_fault(on=True)
        fault = await lane.until(FaultChanged)
        assert fault.is_active
        lane.board.lane.set_fault(on=False)
        assert not (await lane.until(FaultChanged)).is_active


async def test_a_stuck_sensor_puts_the_lane_out_of_order(tmp_path: Path) -> None:
    """A passage sensor active for too long is a fault in words, over when it moves again."""
    profile = RegisterProfile(stuck_after_ms=1_000)
    async with a_lane(tmp_path, profile=profile) as lane:
        lane.board.sensors.stick("occupied_entry", active=True)
        fault = await lane.until(FaultChanged)
        assert fault.is_active
        assert "`occupied_entry` is active for more than 1 s" in fault.detail
        lane.board.sensors.mend("occupied_entry")
        assert not (await lane.until(FaultChanged)).is_active


async def test_control_a_person_in_the_lane_is_no_fault(tmp_path: Path) -> None:
    """Somebody who stands in the lane for less than that is not."""
    async with a_lane(tmp_path, profile=RegisterProfile(stuck_after_ms=1_000)) as lane:
        await lane.release()
        await lane.board.walk(Way.ENTRY)
        lane.board.alarm(on=True)
        told = []
        while not isinstance(event := await lane.next(), DoorAlarm):
            told.append(type(event))
        assert told == [PassageStarted, PassageSensed]


async def test_a_bouncing_sensor_is_a_fault_and_no_crowd(tmp_path: Path) -> None:
    """A flickering contact is named; with counters nobody is counted by it."""
    async with a_lane(tmp_path) as lane:
        lane.board.sensors.bounce("passage_entry")
        fault = await lane.until(FaultChanged)
        assert "`passage_entry` changes all the time" in fault.detail
        lane.board.sensors.mend("passage_entry")
        lane.board.alarm(on=True)
        while not isinstance(event := await lane.next(), DoorAlarm):
            assert not isinstance(event, PassageSensed)


@pytest.mark.slow
async def test_a_relay_that_does_not_close_is_found_out(tmp_path: Path) -> None:
    """The board takes the order, the lane never shows it: accepted, then a fault."""
    async with a_lane(tmp_path) as lane:
        lane.board.sensors.stick("released", active=False)
        assert (await lane.release()).outcome is ReleaseOutcome.ACCEPTED
        fault = await lane.until(FaultChanged)
        assert "never showed it; check the relay" in fault.detail


@pytest.mark.slow
async def test_a_relay_that_sticks_is_found_out(tmp_path: Path) -> None:
    """A lane that stays released without an order is a fault; a lane freed by order is not."""
    profile = RegisterProfile(released_longest_ms=2_000)
    async with a_lane(tmp_path, profile=profile) as lane:
        lane.board.sensors.stick("released", active=True)
        fault = await lane.until(FaultChanged)
        assert "stays released without an order" in fault.detail
    (tmp_path / "freed").mkdir()
    async with a_lane(tmp_path / "freed", profile=profile) as lane:
        await lane.driver.free(
            FreeDoor(command_id=CommandId("f"), reason="evacuation", issued_by="test")
        )
        await asyncio.sleep(2.5)
        lane.board.alarm(on=True)
        assert isinstance(await lane.next(), DoorAlarm)


async def test_a_technician_sees_inputs_and_tries_outputs(tmp_path: Path) -> None:
    """Inputs in the order of the terminals; an output that is tried moves once, in words if not."""
    async with a_lane(tmp_path) as lane:
        assert isinstance(lane.driver, WiredDevice)
        names = [state.name for state in lane.driver.inputs()]
        assert names[:2] == ["passage_entry", "passage_exit"]
        assert all(state.is_active is False for state in lane.driver.inputs())
        assert lane.driver.outputs() == ("release_entry", "release_exit", "secure")
        assert (await lane.driver.pulse(order_to_try("release_exit"))).outcome in {
            ReleaseOutcome.ACCEPTED,
            ReleaseOutcome.CONFIRMED,
        }
        assert lane.board.oracle.releases_exit == 1
        no = await lane.driver.pulse(order_to_try("lamp", 2))
        assert no.outcome is ReleaseOutcome.REFUSED
        assert "only release_entry, release_exit, secure" in no.detail


async def test_a_dead_board_on_the_line_leaves_its_sibling_at_work(tmp_path: Path) -> None:
    """Two boards on one line, one without power: lost once, and the other goes on as before."""
    async with SimulatedLine(tmp_path) as line:
        dead, alive = (SimulatedTurnstile(line.far_port, times=QUICK, unit=unit) for unit in (1, 2))
        dead.is_powered = False
        async with ModbusServer([dead, alive], line.far_port), asyncio.TaskGroup() as group:
            drivers = _on_one_line(line)
            tasks = [group.create_task(driver.run()) for driver in drivers]
            events = [driver.events() for driver in drivers]
            async with asyncio.timeout(5):
                assert isinstance(await anext(events[0]), DeviceLost)
                assert isinstance(await anext(events[1]), DeviceReady)
                alive.lane.free()
                for _ in range(3):
                    await alive.walk(Way.ENTRY)
                    while not isinstance(await anext(events[1]), PassageSensed):
                        pass
                assert drivers[0].health().state is DeviceState.OFFLINE
                dead.is_powered = True
                assert isinstance(await anext(events[0]), DeviceReady)
            for task in tasks:
                task.cancel()


def _on_one_line(line: SimulatedLine) -> list[ModbusTurnstileDriver]:
    settings = [
        ModbusTurnstileSettings(
            line=SerialLineSettings(port=str(line.near_port)), unit=unit, answer_ms=50
        )
        for unit in (1, 2)
    ]
    clock = SystemClock()
    bus = ModbusBus(settings[0], clock)
    return [
        ModbusTurnstileDriver(one, DeviceId(f"door-{one.unit}"), clock, bus) for one in settings
    ]
