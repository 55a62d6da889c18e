"""Boards of every shipped profile: what they do, and what ends when nobody tells them more."""

import asyncio
from pathlib import Path

import pytest

from access_core.devices.commands import FreeDoor, PulseOutput, ReleaseOutcome, SecureDoor
from access_core.devices.events import (
    Direction,
    DoorAlarm,
    ExitRequested,
    FireInputChanged,
    LaneAlarm,
    PassageSensed,
    PassageStarted,
)
from access_core.ids import CommandId
from device_drivers.modbus_turnstile.profile import RISK, RegisterProfile
from device_drivers.modbus_turnstile.shipped_profiles import completed
from device_drivers.system_clock import SystemClock
from simulators.lane_boards import RelayBoard
from simulators.turnstile_lane import AlarmKind, LaneTimes, WalkResult, Way
from tests.device_drivers.modbus_turnstile.a_lane import Lane, a_lane

HELD = RegisterProfile(release_mode="hold", hold_ms=500, without_timer=RISK)
RELAY_BOARDS = sorted(RelayBoard.WIRINGS)


def shipped(name: str, **changed: object) -> RegisterProfile:
    """A shipped profile with some keys written beside its name."""
    return RegisterProfile.model_validate(completed({"name": name} | changed))


def board_of(lane: Lane) -> RelayBoard:
    """The relay board at the far end."""
    assert isinstance(lane.board.board, RelayBoard)
    return lane.board.board


@pytest.mark.parametrize("name", RELAY_BOARDS)
async def test_one_release_is_one_passage_behind_a_relay_board(name: str, tmp_path: Path) -> None:
    """Released through contacts alone: taken, gone through, told once, and locked again."""
    async with a_lane(tmp_path, profile=shipped(name), wiring=name) as lane:
        for direction, way in ((Direction.ENTRY, Way.ENTRY), (Direction.EXIT, Way.EXIT)):
            assert (await lane.release(direction)).outcome is ReleaseOutcome.ACCEPTED
            assert await lane.board.until_released(way)
            assert await lane.board.walk(way) is WalkResult.THROUGH
            assert (await lane.until(PassageSensed)).direction is direction
            assert await lane.board.until_locked(2)
            await _until_relays_drop(lane)
        oracle = lane.board.oracle
        assert (oracle.releases_entry, oracle.rotations_entry) == (1, 1)
        assert (oracle.releases_exit, oracle.rotations_exit) == (1, 1)


@pytest.mark.parametrize("timer", ["coil_value", "registers"])
async def test_the_boards_own_timer_ends_the_signal(timer: str, tmp_path: Path) -> None:
    """The relay drops after its time without a further word, by a coil's value or by registers."""
    changed = {"pulse_timer": timer, "timer_address": 512 if timer == "coil_value" else 3}
    profile = shipped("relay_board_8", **changed)
    async with a_lane(tmp_path, profile=profile, wiring="relay_board_8") as lane:
        await lane.release()
        assert board_of(lane).coils() == 1
        lane.line.cut()
        await _until_relays_drop(lane)


@pytest.mark.parametrize("name", RELAY_BOARDS)
async def test_an_agent_that_dies_leaves_no_lane_open(name: str, tmp_path: Path) -> None:
    """Killed right after the order, the board ends the signal and the lane locks by itself."""
    async with a_lane(tmp_path, profile=shipped(name, hold_ms=500), wiring=name) as lane:
        await lane.release()
        lane.line.unplug()  # whatever the program would still say is not heard
        await _until_relays_drop(lane)
        assert await lane.board.until_locked(3)


async def test_control_without_a_timer_a_dead_agent_leaves_the_lane_open(tmp_path: Path) -> None:
    """The same with a board that has none, by somebody who took the risk: it stays released."""
    profile = shipped("flap", pulse_timer="none", hold_ms=500, without_timer=RISK)
    async with a_lane(tmp_path, profile=profile, wiring="flap") as lane:
        lane.board.lane.times = LaneTimes(arm_ms=10, wait_ms=60_000)
        await lane.release()
        lane.line.unplug()
        await asyncio.sleep(0.8)
        assert board_of(lane).coils() == 1
        assert not lane.board.lane.is_locked
        lane.line.plug_in()  # the agent is back: the first thing it does is to end the signal
        assert await lane.board.until_locked(3)
        assert lane.board.oracle.releases_entry == 1


async def test_a_pulse_without_timer_is_ended_by_the_driver(tmp_path: Path) -> None:
    """Who took the risk gets a pulse all the same while the program lives."""
    profile = shipped("tripod", pulse_timer="none", without_timer=RISK)
    async with a_lane(tmp_path, profile=profile, wiring="tripod") as lane:
        await lane.release()
        assert board_of(lane).coils() == 1
        await _until_relays_drop(lane)
        assert lane.board.oracle.releases_entry == 1


async def test_a_held_flap_closes_behind_the_person(tmp_path: Path) -> None:
    """In hold mode the passage ends the signal, long before the board's timer would."""
    async with a_lane(tmp_path, profile=shipped("flap", hold_ms=30_000), wiring="flap") as lane:
        lane.board.lane.times = LaneTimes(arm_ms=10, wait_ms=60_000, turn_ms=100)
        await lane.release()
        assert await lane.board.until_released(Way.ENTRY)
        await lane.board.walk(Way.ENTRY)
        assert isinstance(await lane.next(), PassageStarted)
        assert isinstance(await lane.next(), PassageSensed)
        await _until_relays_drop(lane)
        assert await lane.board.walk(Way.ENTRY) is WalkResult.BLOCKED


async def test_free_and_secure_by_relays(tmp_path: Path) -> None:
    """Freed until secured; securing ends the release and free signals and pulses the lock."""
    profile = shipped("relay_board_8")
    async with a_lane(tmp_path, profile=profile, wiring="relay_board_8") as lane:
        await lane.driver.free(
            FreeDoor(command_id=CommandId("f"), reason="evacuation", issued_by="test")
        )
        assert await lane.board.walk(Way.EXIT) is WalkResult.THROUGH
        await lane.driver.secure(
            SecureDoor(command_id=CommandId("s"), reason="over", issued_by="test")
        )
        assert await lane.board.walk(Way.EXIT) is WalkResult.BLOCKED
        assert lane.board.oracle.secured == 0
        await _until_relays_drop(lane)


async def test_fire_by_a_cut_wire_is_told(tmp_path: Path) -> None:
    """Normally closed: the loss of the signal is fire, and hardware has freed the lane."""
    profile = shipped("relay_board_8")
    async with a_lane(tmp_path, profile=profile, wiring="relay_board_8") as lane:
        lane.board.fire(on=True)
        assert (await lane.until(FireInputChanged)).is_active
        assert await lane.board.walk(Way.ENTRY) is WalkResult.THROUGH


async def test_terminals_mean_what_the_profile_says(tmp_path: Path) -> None:
    """Exit button of the plain board; kinds of alarm of the flap; the tripod's one alarm."""
    (tmp_path / "flap").mkdir()
    (tmp_path / "tripod").mkdir()
    profile = shipped("relay_board_8")
    async with a_lane(tmp_path, profile=profile, wiring="relay_board_8") as lane:
        await lane.board.lane.press_exit_button()
        assert isinstance(await lane.next(), ExitRequested)
    async with a_lane(tmp_path / "flap", profile=shipped("flap"), wiring="flap") as lane:
        lane.board.alarm(on=True, kind=AlarmKind.TAILGATING)
        assert (await lane.until(DoorAlarm)).kind is LaneAlarm.TAILGATING
    async with a_lane(tmp_path / "tripod", profile=shipped("tripod"), wiring="tripod") as lane:
        lane.board.alarm(on=True)
        assert (await lane.until(DoorAlarm)).kind is LaneAlarm.INTRUSION


async def test_every_output_can_be_tried_and_ends_by_itself(tmp_path: Path) -> None:
    """With a timer in the board even "free" is only a moment."""
    profile = shipped("relay_board_8")
    async with a_lane(tmp_path, profile=profile, wiring="relay_board_8") as lane:
        assert lane.driver.outputs() == ("release_entry", "release_exit", "free", "secure")
        for number, output in enumerate(lane.driver.outputs()):
            order = PulseOutput(
                command_id=CommandId(f"try {number}"),
                output=output,
                deadline=SystemClock().now().plus_ms(1_000),
                reason="wiring test",
                issued_by="technician",
            )
            assert (await lane.driver.pulse(order)).outcome is ReleaseOutcome.ACCEPTED
            assert board_of(lane).coils() == 1 << number
            await _until_relays_drop(lane)


async def test_a_power_cut_drops_every_relay(tmp_path: Path) -> None:
    """Board and lane without power in a release: nothing is open when it returns."""
    async with a_lane(tmp_path, profile=shipped("flap"), wiring="flap") as lane:
        await lane.release()
        assert board_of(lane).coils() == 1
        lane.board.power_cycle()
        assert board_of(lane).coils() == 0
        assert await lane.board.until_locked(1)
        await lane.next_reading()
        assert lane.board.oracle.releases_entry == 1


async def test_in_hold_mode_the_driver_ends_an_untaken_release(tmp_path: Path) -> None:
    """A held release that nobody takes is ended by the driver, long before the board would."""
    async with a_lane(tmp_path, profile=HELD, wiring="generic_held") as lane:
        lane.board.lane.times = LaneTimes(arm_ms=10, wait_ms=60_000)
        assert (await lane.release()).outcome is ReleaseOutcome.CONFIRMED
        assert await lane.board.until_locked(3)
        assert lane.board.oracle.not_taken == 0


async def test_in_hold_mode_nothing_stays_open_after_a_restart(tmp_path: Path) -> None:
    """A lane that a stopped program left released is locked at the connect."""
    async with a_lane(tmp_path, profile=HELD, wiring="generic_held", left_released=True) as lane:
        assert lane.board.lane.is_locked
        assert lane.board.oracle.not_taken == 0


async def test_without_counters_the_passage_pulse_is_told(tmp_path: Path) -> None:
    """A board that only pulses is understood too."""
    profile = RegisterProfile(absent=frozenset({"count_registers"}))
    async with a_lane(tmp_path, profile=profile) as lane:
        await lane.release()
        await lane.board.walk(Way.ENTRY)
        assert isinstance(await lane.next(), PassageStarted)
        assert isinstance(await lane.next(), PassageSensed)


async def test_a_board_that_shows_no_release_answers_accepted_at_once(tmp_path: Path) -> None:
    """Without a `released` input the board's echo is all there is to know."""
    profile = RegisterProfile(absent=frozenset({"released"}))
    async with a_lane(tmp_path, profile=profile) as lane:
        assert (await lane.release()).outcome is ReleaseOutcome.ACCEPTED


async def test_a_board_without_a_free_coil_refuses_to_be_freed(tmp_path: Path) -> None:
    """What the board cannot do is refused in words."""
    profile = RegisterProfile(absent=frozenset({"free_coil"}))
    async with a_lane(tmp_path, profile=profile) as lane:
        result = await lane.driver.free(
            FreeDoor(command_id=CommandId("f"), reason="evacuation", issued_by="test")
        )
        assert result.outcome is ReleaseOutcome.REFUSED


async def test_a_board_that_loses_power_in_a_release_forgets_it(tmp_path: Path) -> None:
    """Power cut between order and passage: nothing is open afterwards, nothing is sent again."""
    async with a_lane(tmp_path) as lane:
        await lane.release()
        lane.board.power_cycle()
        assert await lane.board.walk(Way.ENTRY) is WalkResult.BLOCKED
        lane.board.alarm(on=True)
        assert isinstance(await lane.next(), DoorAlarm)
        assert lane.board.oracle.releases_entry == 1


async def _until_relays_drop(lane: Lane) -> None:
    async with asyncio.timeout(3):
        while board_of(lane).coils():  # noqa: ASYNC110 - a relay sets no event
            await asyncio.sleep(0.01)
