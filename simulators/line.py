"""A serial line between two pseudo-terminals, with faults on demand."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(slots=True)
class LineFaults:
    drop: float = 0.0
    flip: float = 0.0
    duplicate: float = 0.0


class SimulatedLine:
    """async with SimulatedLine(folder, baud=None, seed=1) as line: line.near_port (driver), line.far_port (device)."""

    near_port: Path
    far_port: Path

    def __init__(self, folder: Path, *, baud: int | None = None, seed: int = 1) -> None: ...
    async def __aenter__(self) -> "SimulatedLine": ...
    async def __aexit__(self, *exc: object) -> None: ...
    def cut(self) -> None: ...
    def unplug(self) -> None: ...
    def restore(self) -> None: ...
