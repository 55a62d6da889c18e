"""Thousands of people at simulated turnstiles: nobody is missed, nobody is counted twice.

The oracle counts at the rotor, in the simulator, and knows nothing of the driver; the driver sees
the lane only through Modbus frames. Rotors turn some hundred times as fast as real ones, so that
readings come as close to one another, in rotor time, as they ever will.
"""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings

from access_core.devices.commands import ReleaseDoor, ReleaseOutcome
from access_core.devices.events import DeviceEvent, DeviceReady, Direction, PassageSensed
from access_core.ids import CommandId, DeviceId
from device_drivers.modbus_turnstile.bus import ModbusBus
from device_drivers.modbus_turnstile.profile import RegisterProfile
from device_drivers.modbus_turnstile.settings import ModbusTurnstileSettings
from device_drivers.modbus_turnstile.supervisor import ModbusTurnstileDriver
from device_drivers.system_clock import SystemClock
from device_drivers.transports.serial_settings import SerialLineSettings
from simulators.line import Fault, SimulatedLine, Toward
from simulators.modbus_turnstile import SimulatedTurnstile
from simulators.turnstile_lane import LaneTimes, WalkResult, Way

CYCLES, CYCLES_NIGHTLY = 2_000, 100_000
LANES = 8
PULSING_LANES = (0, 1)
NIGHTLY_EXAMPLES = 1_000
"""A profile with at least so many examples is the nightly one."""
SWIFT = LaneTimes(arm_ms=2, wait_ms=60, turn_ms=12, pulse_ms=10, reset_ms=10)
PULSED = LaneTimes(arm_ms=2, wait_ms=60, turn_ms=12, pulse_ms=300, reset_ms=10)
"""Where the pulse is all there is, it has its real length: a busy machine is not scaled either."""
BY_PULSE_ALONE = 0.05
"""Share of the people at the lanes that do not count: their pulses take time."""
COUNTING = RegisterProfile(bounces=100_000)
PULSING = RegisterProfile(bounces=100_000, absent=frozenset({"count_registers"}))
WAYS = {Direction.ENTRY: Way.ENTRY, Direction.EXIT: Way.EXIT}
DONE = {ReleaseOutcome.CONFIRMED, ReleaseOutcome.ACCEPTED}


class Crowd:
    """People at one lane, one after the other, and what the driver tells of them."""

    def __init__(self, line: SimulatedLine, board: SimulatedTurnstile, seed: int) -> None:
        """Lane 0 and 1 only pulse, the others count."""
        self.line, self.board = line, board
        self._dice = random.Random(seed)
        settings = ModbusTurnstileSettings(
            line=SerialLineSettings(port=str(line.near_port), baud=115200),
            poll_ms=5,
            answer_ms=60,
            profile=PULSING if seed in PULSING_LANES else COUNTING,
        )
        clock = SystemClock()
        self.driver = ModbusTurnstileDriver(
            settings, DeviceId(f"door-{seed}"), clock, ModbusBus(settings, clock)
        )
        self.told: Counter[Direction] = Counter()
        self.outcomes: Counter[ReleaseOutcome] = Counter()
        self.went_through: Counter[Direction] = Counter()
        self.came_too_late = 0
        self.counts = settings.profile is COUNTING

    async def pass_by(self, cycles: int, patience_s: float) -> None:
        """So many people: most go through, some do not walk, some turn round.

        Whoever has not been told `patience_s` after the last one went is missed: TimeoutError.
        """
        events = self.driver.events()
        await _until_ready(events)
        async with asyncio.TaskGroup() as group:
            listener = group.create_task(self._listen(events))
            for number in range(cycles):
                await self._one(number)
            async with asyncio.timeout(patience_s):
                while self.told.total() < self.went_through.total():  # noqa: ASYNC110 - see _listen
                    await asyncio.sleep(0.01)
            await asyncio.sleep(0.1)  # whatever would still be told twice
            listener.cancel()

    async def _listen(self, events: AsyncIterator[DeviceEvent]) -> None:
        async for event in events:
            if isinstance(event, PassageSensed):
                self.told[event.direction] += 1

    async def _one(self, number: int) -> None:
        direction = self._dice.choice(tuple(Direction))
        way = WAYS[direction]
        is_well = not self.line.faults_left(Toward.DRIVER)
        if self.counts and is_well and self._dice.random() < 0.02:
            self.line.arm(Toward.DRIVER, self._dice.choice((Fault.DROP, Fault.FLIP, Fault.HALF)))
        result = await self.driver.release(
            ReleaseDoor(
                command_id=CommandId(f"c{number}"),
                direction=direction,
                deadline=SystemClock().now().plus_ms(2_000),
                reason="GRANTED",
                issued_by="gate",
            )
        )
        self.outcomes[result.outcome] += 1
        if result.outcome is ReleaseOutcome.REFUSED:
            await asyncio.sleep(0.1)  # the board is lost for a moment: nobody queues up that fast
        chance = self._dice.random()
        if result.outcome in DONE and chance < 0.95:
            # An order whose answer was lost is known late; by then the lane may have locked again.
            await self.board.until_released(way, timeout_s=0.1)
            if chance < 0.05:
                await self.board.step_back(way)
            elif await self.board.walk(way) is WalkResult.THROUGH:
                self.went_through[direction] += 1
            else:
                self.came_too_late += 1
        await self.board.until_locked()
        if not self.counts:
            # A pulse must end before the next one begins, or a board without counters has shown
            # one pulse for two people; real rotors need longer than that to turn.
            quiet = self.board.lane.signals.passage
            await self.board.lane.until(lambda: not any(quiet.values()), 2)
            await asyncio.sleep(0.02)


async def _until_ready(events: AsyncIterator[DeviceEvent]) -> None:
    while not isinstance(await anext(events), DeviceReady):
        pass


@pytest.mark.slow
@pytest.mark.timeout(3_600)
async def test_nobody_is_missed_and_nobody_is_counted_twice(tmp_path: Path) -> None:
    """What the driver tells is what the rotor counted, and each release was one order."""
    is_nightly = hypothesis_settings().max_examples >= NIGHTLY_EXAMPLES
    cycles = CYCLES_NIGHTLY if is_nightly else CYCLES
    by_pulse = round(cycles * BY_PULSE_ALONE / len(PULSING_LANES))
    counted = round(cycles * (1 - BY_PULSE_ALONE) / (LANES - len(PULSING_LANES)))
    async with asyncio.TaskGroup() as group:
        for seed in range(LANES):
            is_pulsing = seed in PULSING_LANES
            times = PULSED if is_pulsing else SWIFT
            group.create_task(
                _one_lane(tmp_path, seed, by_pulse if is_pulsing else counted, times=times)
            )


@pytest.mark.slow
async def test_control_a_pulse_shorter_than_a_reading_is_missed(tmp_path: Path) -> None:
    """A board without counters whose pulses nobody can see: the comparison above says so."""
    blink = LaneTimes(arm_ms=2, wait_ms=60, turn_ms=12, pulse_ms=1, reset_ms=10)
    with pytest.raises(ExceptionGroup) as missed:
        await _one_lane(tmp_path, 1, 20, times=blink, patience_s=0.5)
    assert missed.group_contains(TimeoutError)


async def _one_lane(
    folder: Path, seed: int, cycles: int, *, times: LaneTimes = SWIFT, patience_s: float = 10.0
) -> None:
    async with (
        SimulatedLine(folder, seed=seed, name=f"line-{seed}") as line,
        SimulatedTurnstile(line.far_port, times=times) as board,
        asyncio.TaskGroup() as group,
    ):
        crowd = Crowd(line, board, seed)
        task = group.create_task(crowd.driver.run())
        await crowd.pass_by(cycles, patience_s)
        task.cancel()
    oracle = board.oracle
    rotor = {
        Direction.ENTRY: oracle.rotations_entry,
        Direction.EXIT: oracle.rotations_exit,
    }
    assert dict(crowd.told) == rotor
    assert dict(crowd.went_through) == rotor
    assert crowd.outcomes.total() == cycles
    released = oracle.releases_entry + oracle.releases_exit
    assert crowd.came_too_late < cycles / 20
    sent = sum(crowd.outcomes[outcome] for outcome in DONE)
    assert sent <= released <= sent + crowd.outcomes[ReleaseOutcome.UNKNOWN]
