"""The chip in memory."""

import asyncio

import pytest

from access_core.errors import DeviceUnavailable
from simulators.gpio_chip import HEARTBEAT, RELEASE, STARVED_S, SimulatedGpioChip
from simulators.turnstile_lane import LaneTimes

QUICK = LaneTimes(arm_ms=5, wait_ms=60_000)


async def test_lines_belong_to_one_and_keep_their_level() -> None:
    """Held by one program; killed, the level stays; requested again, it is inactive."""
    chip = SimulatedGpioChip(times=QUICK)
    lines = chip.open_lines("door")
    with pytest.raises(DeviceUnavailable, match="in use"):
        chip.open_lines("door")
    lines.drive(RELEASE, active=True)
    chip.kill_owner()
    with pytest.raises(OSError, match="Bad file descriptor"):
        lines.active_inputs()
    assert chip.levels[RELEASE]
    assert chip.oracle.releases_entry == 1
    chip.open_lines("door").close()
    assert await chip.lane.until(lambda: chip.lane.is_locked, 2)
    chip.stop()


async def test_a_timed_relay_drops_by_itself() -> None:
    """A rising edge closes it for its time, however long the level stays."""
    chip = SimulatedGpioChip(relay="timed", relay_ms=50, times=QUICK)
    lines = chip.open_lines("door")
    lines.drive(RELEASE, active=True)
    lines.drive(RELEASE, active=True)
    assert chip.oracle.releases_entry == 1
    assert await chip.lane.until(lambda: chip.lane.is_locked, 2)
    assert chip.levels[RELEASE]


async def test_a_watched_relay_needs_its_heartbeat() -> None:
    """Fed it stays closed, starved it drops."""
    chip = SimulatedGpioChip(relay="watched", times=QUICK)
    lines = chip.open_lines("door")
    lines.drive(RELEASE, active=True)
    for beat in range(4):
        await asyncio.sleep(STARVED_S / 2)
        lines.drive(HEARTBEAT, active=not beat % 2)
        assert not chip.lane.is_locked
    assert await chip.lane.until(lambda: chip.lane.is_locked, 2)


async def test_a_chip_that_was_pulled_is_not_there() -> None:
    """Neither for those who hold lines nor for those who want some."""
    chip = SimulatedGpioChip(times=QUICK)
    lines = chip.open_lines("door")
    chip.sensors.stick("fire", active=True)
    assert lines.active_inputs() == {3}
    chip.is_plugged = False
    with pytest.raises(OSError, match="No such device"):
        lines.active_inputs()
    lines.close()
    with pytest.raises(DeviceUnavailable, match="no such chip"):
        chip.open_lines("door")
