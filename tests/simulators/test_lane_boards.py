"""Boards of the simulated lane."""

import asyncio

from simulators.lane_boards import FLASH_ON, MODE_FLASH, ON, GenericBoard, RelayBoard
from simulators.lane_sensors import LaneSensors
from simulators.turnstile_lane import LaneTimes, Refusal, TurnstileLane, Way

QUICK = LaneTimes(arm_ms=5, wait_ms=300, turn_ms=20, pulse_ms=10, reset_ms=10)
FIRE, TAMPER = 1 << 6, 1 << 7
"""Normally closed: on while all is well."""


def relay_board(wiring: str = "relay_board_8") -> tuple[RelayBoard, TurnstileLane]:
    """A board with a lane at it."""
    lane = TurnstileLane(QUICK)
    return RelayBoard(lane, LaneSensors(lane), wiring), lane


async def test_the_generic_board_follows_or_refuses() -> None:
    """It times a release by itself, and says why it does not follow an order."""
    lane = TurnstileLane(QUICK)
    board = GenericBoard(lane, LaneSensors(lane))
    assert board.write_coil(0, ON) is None
    assert board.write_coil(1, ON) is Refusal.BUSY
    assert board.coils() == 1
    assert board.write_coil(0, 0) is None  # not held: its own timer ends it
    assert lane.released_for(Way.ENTRY)
    assert await lane.until(lambda: lane.is_locked, 2)
    assert board.write_registers(0, [1]) is None
    board.cut_power()
    assert lane.oracle.power_cuts == 1


async def test_a_relay_signals_the_lane_when_it_closes() -> None:
    """One pulse is one release; the lane waits by itself after it."""
    board, lane = relay_board()
    assert board.inputs() == FIRE | TAMPER
    board.write_coil(0, ON)
    board.write_coil(0, ON)
    board.write_coil(0, 0)
    assert lane.oracle.releases_entry == 1
    assert lane.released_for(Way.ENTRY)
    lane.stop()


async def test_a_relay_drops_after_its_time() -> None:
    """By the value of its flash coil, or by mode and time in its registers."""
    board, _ = relay_board()
    board.write_coil(FLASH_ON + 2, 1)
    board.write_registers(3 + 5 * 3, [MODE_FLASH, 1])
    board.write_registers(4, [MODE_FLASH, 1])  # no relay begins there
    assert board.coils() == 0b1100
    await asyncio.sleep(0.15)
    assert board.coils() == 0


async def test_a_flap_is_open_for_as_long_as_the_signal() -> None:
    """Released while the relay is on, ended when it drops."""
    board, lane = relay_board("flap")
    board.write_coil(1, ON)
    assert lane.released_for(Way.EXIT)
    board.write_coil(1, 0)
    assert lane.is_locked


async def test_contacts_weld_and_coils_burn_out() -> None:
    """A welded contact releases without an order, a dead coil never does."""
    board, lane = relay_board()
    board.stick(0, closed=False)
    board.write_coil(0, ON)
    assert lane.oracle.releases_entry == 0
    board.stick(1, closed=True)
    assert lane.oracle.releases_exit == 1
    lane.stop()


async def test_without_power_every_relay_drops() -> None:
    """Also one that was to be on for longer; free and lock follow their relays."""
    board, lane = relay_board()
    board.write_coil(2, ON)
    assert lane.is_free
    board.write_coil(2, 0)
    board.write_coil(FLASH_ON, 50)
    board.write_coil(3, ON)
    assert lane.oracle.secured == 1
    board.cut_power()
    assert (board.coils(), lane.is_locked) == (0, True)
