"""The mechanics of a lane and its oracle."""

import asyncio
from dataclasses import asdict

from simulators.turnstile_lane import (
    AlarmKind,
    LaneTimes,
    Oracle,
    Refusal,
    TurnstileLane,
    WalkResult,
    Way,
)

QUICK = LaneTimes(arm_ms=10, wait_ms=40, turn_ms=20, pulse_ms=10, reset_ms=10)


def counted(oracle: Oracle) -> dict[str, int]:
    """The counters that are not 0."""
    return {name: count for name, count in asdict(oracle).items() if count}


async def test_one_release_is_one_passage() -> None:
    """After a release one person passes; the next is blocked."""
    lane = TurnstileLane(QUICK)
    assert lane.release(Way.ENTRY) is None
    assert await lane.until(lambda: lane.gives_way(Way.ENTRY), 2)
    assert await lane.walk(Way.ENTRY) is WalkResult.THROUGH
    assert await lane.walk(Way.ENTRY) is WalkResult.BLOCKED
    assert lane.signals.count == {Way.ENTRY: 1, Way.EXIT: 0}
    assert counted(lane.oracle) == {"releases_entry": 1, "rotations_entry": 1, "blocked": 1}
    lane.stop()


async def test_the_rotor_gives_only_after_arming() -> None:
    """A person faster than the mechanics is blocked; the release stays."""
    lane = TurnstileLane(QUICK)
    lane.release(Way.ENTRY)
    assert not lane.gives_way(Way.ENTRY)
    assert await lane.until(lambda: lane.is_released, 2)
    assert lane.gives_way(Way.ENTRY)
    assert not lane.gives_way(Way.EXIT)
    lane.stop()


async def test_nobody_comes_and_the_board_locks_by_itself() -> None:
    """The board's own timer ends a release that is not taken."""
    lane = TurnstileLane(QUICK)
    lane.release(Way.EXIT)
    assert await lane.until(lambda: lane.is_locked, 2)
    assert counted(lane.oracle) == {"releases_exit": 1, "not_taken": 1}


async def test_stepping_back_leaves_the_release() -> None:
    """Somebody who turns round may still go, until the time is over."""
    lane = TurnstileLane(QUICK)
    lane.release(Way.ENTRY)
    await lane.until(lambda: lane.is_released, 2)
    assert await lane.step_back(Way.ENTRY) is WalkResult.STEPPED_BACK
    assert lane.gives_way(Way.ENTRY)
    assert await lane.until(lambda: lane.is_locked, 2)
    assert counted(lane.oracle) == {"releases_entry": 1, "stepped_back": 1, "not_taken": 1}


async def test_fire_frees_until_it_is_over_and_secured() -> None:
    """Fire opens both ways; orders to lock are refused while it burns."""
    lane = TurnstileLane(QUICK)
    lane.set_fire(on=True)
    assert lane.release(Way.ENTRY) is Refusal.FIRE
    assert lane.secure() is Refusal.FIRE
    for way in Way:
        assert await lane.walk(way) is WalkResult.THROUGH
    lane.set_fire(on=False)
    assert lane.is_free
    await lane.turn_reset_key()
    assert lane.secure() is None
    assert lane.is_locked
    assert counted(lane.oracle) == {
        "rotations_entry": 1,
        "rotations_exit": 1,
        "rotations_free": 2,
        "fire_freed": 1,
        "relocked_after_fire": 1,
        "refused": 2,
    }
    lane.stop()


async def test_relocking_without_the_reset_key_is_noticed() -> None:
    """The oracle counts a relock that no person has confirmed."""
    lane = TurnstileLane(QUICK)
    lane.set_fire(on=True)
    await lane.turn_reset_key()  # too early: it still burns
    lane.set_fire(on=False)
    lane.secure()
    assert lane.oracle.relocked_without_reset == 1


async def test_a_lane_in_use_refuses_another_release() -> None:
    """Busy while released and while somebody turns the rotor."""
    lane = TurnstileLane(QUICK)
    lane.release(Way.ENTRY)
    assert lane.release(Way.EXIT) is Refusal.BUSY
    await lane.until(lambda: lane.is_released, 2)
    async with asyncio.TaskGroup() as group:
        group.create_task(lane.walk(Way.ENTRY))
        await asyncio.sleep(0)
        assert lane.release(Way.ENTRY) is Refusal.BUSY
    lane.stop()


async def test_an_order_frees_and_another_secures() -> None:
    """Freed by order nobody needs a release; secured everybody does."""
    lane = TurnstileLane(QUICK)
    lane.free()
    assert await lane.walk(Way.EXIT) is WalkResult.THROUGH
    lane.end_free()
    assert await lane.walk(Way.EXIT) is WalkResult.BLOCKED
    lane.stop()


async def test_every_change_is_told() -> None:
    """A listener hears of each signal and each count as it happens."""
    seen: list[int] = []
    lane = TurnstileLane(QUICK, on_change=lambda: seen.append(lane.oracle.rotations_entry))
    lane.free()
    await lane.walk(Way.ENTRY)
    assert seen[0] == 0
    assert seen[-1] == 1
    assert not await lane.until(lambda: lane.is_locked, 0.01)
    lane.stop()


def test_times_are_scaled_all_alike() -> None:
    """A lane ten times as fast keeps its proportions."""
    assert LaneTimes().scaled(0.1) == LaneTimes(
        arm_ms=60, wait_ms=500, turn_ms=120, pulse_ms=30, reset_ms=50
    )


async def test_a_second_person_slips_through() -> None:
    """Two rotations and two counts on one release, and the lane's own alarm for a moment."""
    lane = TurnstileLane(QUICK)
    assert await lane.tailgate(Way.ENTRY) is WalkResult.BLOCKED
    lane.release(Way.ENTRY)
    await lane.until(lambda: lane.is_released, 2)
    assert await lane.tailgate(Way.ENTRY) is WalkResult.THROUGH
    assert lane.signals.alarms[AlarmKind.TAILGATING]
    assert (lane.oracle.rotations_entry, lane.oracle.tailgated) == (2, 1)
    assert lane.signals.count[Way.ENTRY] == 2
    assert await lane.until(lambda: not lane.signals.alarms[AlarmKind.TAILGATING], 2)
    lane.stop()


async def test_a_lane_without_power_forgets_all_but_the_fire() -> None:
    """Releases and counters are gone; what fire freed stays free, by mechanics."""
    lane = TurnstileLane(QUICK)
    lane.release(Way.ENTRY)
    lane.signals.count[Way.EXIT] = 9
    lane.cut_power()
    assert lane.is_locked
    assert lane.signals.count[Way.EXIT] == 0
    lane.set_fire(on=True)
    lane.cut_power()
    assert lane.is_free


async def test_a_button_is_pressed_for_a_moment() -> None:
    """Seen while pressed; a lane with a fault of its own is not ready."""
    lane = TurnstileLane(QUICK)
    async with asyncio.TaskGroup() as group:
        group.create_task(lane.press_exit_button())
        assert await lane.until(lambda: lane.signals.exit_button, 2)
    assert not lane.signals.exit_button
    assert lane.is_ready
    lane.set_fault(on=True)
    assert not lane.is_ready
