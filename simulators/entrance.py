"""The simulated hardware of one gate: turnstile, entry camera, exit scanner, and its witness."""

from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Self

from device_drivers.system_clock import SystemClock
from simulators.ledger import Happening, LaneWitness, What
from simulators.line import SimulatedLine
from simulators.modbus_turnstile import SimulatedTurnstile
from simulators.qr_camera import SimulatedCamera
from simulators.serial_scanner import SimulatedScanner
from simulators.tag_reader import SimulatedTagReader
from simulators.turnstile_lane import LaneTimes, Oracle, Way

TURNSTILE_BAUD = 19_200
SCANNER_BAUD = 9_600
TAG_BAUD = 9_600


class Entrance:
    """All devices of the gate at the far ends of their wires. Asynchronous context manager."""

    def __init__(
        self, folder: Path, *, lane_pace: float, seed: int, has_tag_reader: bool = False
    ) -> None:
        """Ports and frames lie in `folder`; `lane_pace` 1.0 has real rotor times.

        `has_tag_reader`: a reader of 125 kHz tags stands beside the camera.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self._clock = SystemClock()
        self._stack = AsyncExitStack()
        self._on_happening: Callable[[Happening], None] | None = None
        self._told = 0
        self._turnstile_line = SimulatedLine(
            folder, baud=TURNSTILE_BAUD, seed=seed, name="turnstile"
        )
        self._scanner_line = SimulatedLine(folder, baud=SCANNER_BAUD, seed=seed, name="scanner")
        self._tag_line = SimulatedLine(folder, baud=TAG_BAUD, seed=seed, name="tags")
        self._has_tag_reader = has_tag_reader
        self.tags = SimulatedTagReader(self._tag_line.far_port)
        self.frames = folder / "frames"
        self.frames.mkdir(exist_ok=True)
        self.camera = SimulatedCamera(self.frames, seed=seed)
        self.scanner = SimulatedScanner(self._scanner_line.far_port, seed=seed)
        self.turnstile = SimulatedTurnstile(
            self._turnstile_line.far_port,
            times=LaneTimes().scaled(lane_pace),
            baud=TURNSTILE_BAUD,
            on_change=self._look,
        )
        self._witness = LaneWitness(self.turnstile.oracle)

    @property
    def turnstile_port(self) -> Path:
        """Where the edge's door driver opens the line."""
        return self._turnstile_line.near_port

    @property
    def scanner_port(self) -> Path:
        """Where the edge's exit reader opens the line."""
        return self._scanner_line.near_port

    @property
    def tag_port(self) -> Path | None:
        """Where the edge's card reader opens the line; None without one."""
        return self._tag_line.near_port if self._has_tag_reader else None

    @property
    def lines(self) -> dict[str, SimulatedLine]:
        """The cables that can be unplugged, by the name of the device."""
        lines = {"turnstile": self._turnstile_line, "scanner": self._scanner_line}
        return {**lines, "tags": self._tag_line} if self._has_tag_reader else lines

    @property
    def oracle(self) -> Oracle:
        """The counters at the rotor."""
        return self.turnstile.oracle

    @property
    def happenings(self) -> list[Happening]:
        """Everything witnessed so far, in order."""
        return self._witness.happenings

    def tell(self, listener: Callable[[Happening], None]) -> None:
        """Call `listener` with every happening from now on."""
        self._on_happening = listener

    async def __aenter__(self) -> Self:
        """Power everything on."""
        for line in self.lines.values():
            await self._stack.enter_async_context(line)
        await self._stack.enter_async_context(self.turnstile)
        await self._stack.enter_async_context(self.scanner)
        if self._has_tag_reader:
            await self._stack.enter_async_context(self.tags)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Power everything off."""
        await self._stack.aclose()

    def note(self, what: What, way: Way | None = None) -> None:
        """Something that the rotor cannot see: a code held up, the fire contact made well."""
        self.happenings.append(Happening(what, way, self._clock.now().wall_ms))
        self._tell_new()

    def set_fire(self, *, on: bool) -> None:
        """Open the fire contact, or make it well again."""
        was_on = self.turnstile.lane.signals.fire
        self.turnstile.fire(on=on)
        if was_on and not on:
            self.note(What.FIRE_OVER)

    def _look(self) -> None:
        self._witness.look(self._clock.now().wall_ms)
        self._tell_new()

    def _tell_new(self) -> None:
        while self._told < len(self.happenings):
            happening = self.happenings[self._told]
            self._told += 1
            if self._on_happening is not None:
                self._on_happening(happening)
