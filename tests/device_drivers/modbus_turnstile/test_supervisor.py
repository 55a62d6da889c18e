"""The turnstile driver against pymodbus' server behind a simulated lane."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from access_core.devices.commands import (
    FreeDoor,
    ReleaseDoor,
    ReleaseOutcome,
    ReleaseResult,
    SecureDoor,
)
from access_core.devices.events import (
    DeviceEvent,
    DeviceLost,
    DeviceReady,
    Direction,
    DoorAlarm,
    FireInputChanged,
    PassageReversed,
    PassageSensed,
    PassageStarted,
    ResetPressed,
)
from access_core.ids import CommandId, DeviceId
from device_drivers.modbus_turnstile.bus import ModbusBus
from device_drivers.modbus_turnstile.profile import RISK, RegisterProfile
from device_drivers.modbus_turnstile.settings import ModbusTurnstileSettings
from device_drivers.modbus_turnstile.supervisor import ModbusTurnstileDriver
from device_drivers.supervised import Backoff
from device_drivers.system_clock import SystemClock
from device_drivers.transports.serial_settings import SerialLineSettings
from simulators.line import Fault, SimulatedLine, Toward
from simulators.modbus_turnstile import SimulatedTurnstile
from simulators.turnstile_lane import LaneTimes, WalkResult, Way

QUICK = LaneTimes(arm_ms=20, wait_ms=400, turn_ms=240, pulse_ms=120, reset_ms=150)


@dataclass
class Lane:
    """A driver at work on a lane."""

    driver: ModbusTurnstileDriver
    events: AsyncIterator[DeviceEvent]
    line: SimulatedLine
    board: SimulatedTurnstile
    orders: int = 0

    async def release(
        self, direction: Direction = Direction.ENTRY, within_ms: int = 2_000, command_id: str = ""
    ) -> ReleaseResult:
        """Order a release with a fresh id unless given."""
        self.orders += 1
        return await self.driver.release(
            ReleaseDoor(
                command_id=CommandId(command_id or f"c{self.orders}"),
                direction=direction,
                deadline=SystemClock().now().plus_ms(within_ms),
                reason="GRANTED",
                issued_by="gate",
            )
        )

    async def next(self) -> DeviceEvent:
        """The next event, awaited for at most 3 s."""
        async with asyncio.timeout(3):
            return await anext(self.events)

    async def next_reading(self) -> None:
        """Wait until the driver has read the board once more."""
        self.driver._new_reading.clear()
        async with asyncio.timeout(3):
            await self.driver._new_reading.wait()


@contextlib.asynccontextmanager
async def a_lane(
    folder: Path,
    *,
    baud: int | None = None,
    profile: RegisterProfile | None = None,
    before: int = 0,
    left_released: bool = False,
) -> AsyncIterator[Lane]:
    """A running driver, its first DeviceReady already taken.

    Before it, `before` entries were counted, and the lane may be `left_released`.
    """
    is_held = profile is not None and profile.release_mode == "hold"
    async with (
        SimulatedLine(folder, baud=baud) as line,
        SimulatedTurnstile(line.far_port, times=QUICK, is_held=is_held) as board,
    ):
        if left_released:
            board.lane.release(Way.ENTRY)
        board.lane.signals.count[Way.ENTRY] = before
        settings = ModbusTurnstileSettings(
            line=SerialLineSettings(port=str(line.near_port)),
            poll_ms=10,
            answer_ms=100,
            profile=profile or RegisterProfile(),
        )
        clock = SystemClock()
        driver = ModbusTurnstileDriver(
            settings,
            DeviceId("door-1"),
            clock,
            ModbusBus(settings, clock),
            backoff=Backoff(first_ms=1, longest_ms=20),
        )
        async with asyncio.TaskGroup() as group:
            task = group.create_task(driver.run())
            lane = Lane(driver, driver.events(), line, board)
            assert isinstance(await lane.next(), DeviceReady)
            yield lane
            task.cancel()


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
        lane.board.power_cycle_counters()
        on, off = await lane.next(), await lane.next()
        assert isinstance(on, DoorAlarm)
        assert on.is_active
        assert "lost power" in on.detail
        assert isinstance(off, DoorAlarm)
        assert not off.is_active


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


async def test_at_9600_baud_the_same_story_holds(tmp_path: Path) -> None:
    """On a line paced like a real one release and passage are told as well."""
    async with a_lane(tmp_path, baud=9600) as lane:
        assert (await lane.release()).outcome is ReleaseOutcome.CONFIRMED
        await lane.board.walk(Way.ENTRY)
        assert isinstance(await lane.next(), PassageStarted)
        assert isinstance(await lane.next(), PassageSensed)


HELD = RegisterProfile(release_mode="hold", hold_ms=500, without_timer=RISK)


async def test_in_hold_mode_the_driver_ends_an_untaken_release(tmp_path: Path) -> None:
    """A held release that nobody takes is ended by the driver, long before the board would."""
    async with a_lane(tmp_path, profile=HELD) as lane:
        lane.board.lane.times = LaneTimes(arm_ms=10, wait_ms=60_000)
        assert (await lane.release()).outcome is ReleaseOutcome.CONFIRMED
        assert await lane.board.until_locked(3)
        assert lane.board.oracle.not_taken == 0


async def test_in_hold_mode_nothing_stays_open_after_a_restart(tmp_path: Path) -> None:
    """A lane that a stopped program left released is locked at the connect."""
    async with a_lane(tmp_path, profile=HELD, left_released=True) as lane:
        assert lane.board.lane.is_locked
        assert lane.board.oracle.not_taken == 0
