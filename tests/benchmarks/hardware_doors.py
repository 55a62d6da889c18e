"""A turnstile behind a Modbus board: how much the program adds to what the wire takes.

Driver, paced line and simulated board share one process; the wire's time is computed from the
bytes of the frames. Polling goes on all the while, as it does at a gate.
"""

import asyncio
import random
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter_ns
from typing import Final, TypeVar

from access_core.devices.commands import ReleaseDoor
from access_core.devices.events import DeviceEvent, DeviceReady, Direction, ExitRequested
from access_core.ids import CommandId, DeviceId
from device_drivers.modbus_turnstile.bus import ModbusBus
from device_drivers.modbus_turnstile.profile import InputPoint, RegisterProfile
from device_drivers.modbus_turnstile.settings import ModbusTurnstileSettings
from device_drivers.modbus_turnstile.supervisor import ModbusTurnstileDriver
from device_drivers.system_clock import SystemClock
from simulators.line import BITS_PER_CHARACTER, SimulatedLine
from simulators.modbus_turnstile import SimulatedTurnstile
from simulators.turnstile_lane import LaneTimes
from tests.benchmarks.figure import Figure, at_most

_ORDERS: Final = 80
_PRESSES: Final = 40
_BAUDS: Final = (9_600, 115_200)
_ORDER_BYTES: Final = 8
"""Unit, function, address, value, check sum."""
_READING_BYTES: Final = 8 + 7
"""Question and answer for nine inputs."""
_LONGEST_BYTES: Final = 8 + 9
"""Question and answer for two counters: the most that is on the wire when an order comes."""
_GAP_CHARACTERS: Final = 3.5
_GAP_LEAST_MS: Final = 1.75
"""MODBUS over Serial Line V1.02, 2.5.1.1."""
_BESIDE_THE_WIRE_MS: Final = 3.0
_SWIFT: Final = LaneTimes(arm_ms=1, wait_ms=150, turn_ms=5, pulse_ms=5, reset_ms=200)
_PROFILE: Final = RegisterProfile(exit_button=InputPoint(address=8), bounces=100_000)


_T = TypeVar("_T")


def orders() -> Iterator[Figure]:
    """From the order to the relay, on an idle lane that is read all the time."""
    for baud in _BAUDS:
        taken = asyncio.run(_measured(baud, _time_of_orders))
        wire_ms = _wire_ms(_ORDER_BYTES, baud)
        gap_ms = max(_GAP_LEAST_MS, _wire_ms(_GAP_CHARACTERS, baud) * 1.1)
        behind_ms = wire_ms + _wire_ms(_LONGEST_BYTES, baud) + gap_ms
        on_a_free_wire = [ms for ms, was_free in taken if was_free]
        everywhere = [ms for ms, _ in taken]
        yield Figure(
            id=f"hardware.door.order_{baud}",
            what=f"open command to relay at {baud} baud, median above its {wire_ms:.1f} ms of wire",
            value=median(on_a_free_wire) - wire_ms,
            unit="ms",
            target=at_most(_BESIDE_THE_WIRE_MS),
            note=f"{len(on_a_free_wire)} of {len(taken)} orders, those that found the wire free",
        )
        yield Figure(
            id=f"hardware.door.order_{baud}_any",
            what=f"open command to relay at {baud} baud at any moment, median",
            value=median(everywhere),
            unit="ms",
            note=f"wire {wire_ms:.1f} ms; the lane is read every 40 ms",
        )
        yield Figure(
            id=f"hardware.door.order_{baud}_p95",
            what=f"the same, p95 above {behind_ms:.1f} ms: wire, behind the longest reading",
            value=quantiles(everywhere, n=20)[-1] - behind_ms,
            unit="ms",
            target=at_most(_BESIDE_THE_WIRE_MS),
        )


def inputs() -> Iterator[Figure]:
    """From a contact that closes to its event, confirmed by a second reading."""
    for baud in _BAUDS:
        times = asyncio.run(_measured(baud, _time_of_presses))
        yield Figure(
            id=f"hardware.door.input_{baud}",
            what=f"input change to event at {baud} baud, read every 40 ms and twice, p95",
            value=quantiles(times, n=20)[-1],
            unit="ms",
            reference=40 + 10 + 2 * _wire_ms(_READING_BYTES, baud),
            target=at_most(60 if baud > _BAUDS[0] else 90),
            note="reference: poll, confirmation and two readings on the wire",
        )


def _wire_ms(characters: float, baud: int) -> float:
    return characters * BITS_PER_CHARACTER * 1000 / baud


class _Gate:
    """A driver at work, and when the relay was last switched on."""

    def __init__(self, driver: ModbusTurnstileDriver) -> None:
        self.driver = driver
        self.events: AsyncIterator[DeviceEvent] = driver.events()
        self.board: SimulatedTurnstile | None = None
        self.switched = asyncio.Event()
        self.switched_ns = 0
        self._seen = 0

    def is_wire_free(self) -> bool:
        """Whether a question would be sent at once."""
        bus = self.driver._bus
        silent_s = asyncio.get_running_loop().time() - bus._last_bytes_at
        return not bus._turns._is_taken and silent_s >= bus._silences.between_frames_s

    def look(self) -> None:
        """Something changed at the board."""
        now_ns = perf_counter_ns()
        if self.board is not None and self.board.oracle.releases_entry > self._seen:
            self._seen = self.board.oracle.releases_entry
            self.switched_ns = now_ns
            self.switched.set()


async def _measured(baud: int, measure: Callable[[_Gate], Awaitable[list[_T]]]) -> list[_T]:
    with tempfile.TemporaryDirectory() as name:
        async with SimulatedLine(Path(name), baud=baud) as line:
            settings = ModbusTurnstileSettings.model_validate(
                {
                    "line": {"port": str(line.near_port), "baud": baud},
                    "profile": _PROFILE,
                }
            )
            clock = SystemClock()
            bus = ModbusBus(settings, clock)
            gate = _Gate(ModbusTurnstileDriver(settings, DeviceId("door"), clock, bus))
            board = SimulatedTurnstile(line.far_port, times=_SWIFT, baud=baud, on_change=gate.look)
            gate.board = board
            async with board, asyncio.TaskGroup() as group:
                task = group.create_task(gate.driver.run())
                while not isinstance(await anext(gate.events), DeviceReady):
                    pass
                times = await measure(gate)
                task.cancel()
            return times


async def _time_of_orders(gate: _Gate) -> list[tuple[float, bool]]:
    """Milliseconds of each order, and whether it found the wire free."""
    dice, times = random.Random(1), []
    assert gate.board is not None
    for number in range(_ORDERS):
        # People come when they come, not in step with the readings.
        await asyncio.sleep(0.08 + dice.random() * 0.04)
        gate.switched.clear()
        command = ReleaseDoor(
            command_id=CommandId(f"c{number}"),
            direction=Direction.ENTRY,
            deadline=SystemClock().now().plus_ms(1_000),
            reason="GRANTED",
            issued_by="gate",
        )
        was_free = gate.is_wire_free()
        start_ns = perf_counter_ns()
        async with asyncio.TaskGroup() as group:
            order = group.create_task(gate.driver.release(command))
            await gate.switched.wait()
            await asyncio.wait([order])
        times.append(((gate.switched_ns - start_ns) / 1e6, was_free))
        await gate.board.until_locked()
    return times


async def _time_of_presses(gate: _Gate) -> list[float]:
    dice, times = random.Random(2), []
    assert gate.board is not None
    for _ in range(_PRESSES):
        await asyncio.sleep(0.1 + dice.random() * 0.04)
        start_ns = perf_counter_ns()
        async with asyncio.TaskGroup() as group:
            group.create_task(gate.board.lane.press_exit_button())
            while not isinstance(await anext(gate.events), ExitRequested):
                pass
            times.append((perf_counter_ns() - start_ns) / 1e6)
    return times
