"""A turnstile lane behind a pymodbus server on a serial port."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Way(StrEnum):
    ENTRY = "entry"
    EXIT = "exit"


class WalkResult(StrEnum):
    THROUGH = "through"
    BLOCKED = "blocked"


@dataclass(slots=True)
class Oracle:
    """What truly happened at the lane, counted as it happened."""

    releases_entry: int = 0
    releases_exit: int = 0
    rotations_entry: int = 0
    rotations_exit: int = 0
    rotations_free: int = 0
    not_taken: int = 0
    reversed: int = 0
    fire_freed: int = 0
    relocked_after_fire: int = 0
    refused: int = 0
    blocked: int = 0


@dataclass(frozen=True, slots=True)
class LaneTimes:
    arm_ms: int = 600
    wait_ms: int = 5_000
    turn_ms: int = 1_200
    pulse_ms: int = 300

    def scaled(self, factor: float) -> "LaneTimes": ...


class SimulatedTurnstile:
    """async with SimulatedTurnstile(port, times=LaneTimes().scaled(0.2)) as lane."""

    oracle: Oracle

    def __init__(self, port: Path, *, times: LaneTimes = LaneTimes(), unit: int = 1, baud: int = 9600) -> None: ...
    async def __aenter__(self) -> "SimulatedTurnstile": ...
    async def __aexit__(self, *exc: object) -> None: ...
    async def until_released(self, way: Way, timeout_s: float) -> bool: ...
    async def walk(self, way: Way) -> WalkResult: ...
    async def step_back(self, way: Way) -> WalkResult: ...
    async def until_locked(self, timeout_s: float) -> bool: ...
    def fire(self, *, on: bool) -> None: ...
    async def turn_reset_key(self) -> None: ...
    def alarm(self, *, on: bool) -> None: ...
