"""A simulated camera at the gate: phones rendered into 1280x720 grey frames, written to a folder."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """How the camera sees the phone."""

    side_px: float = 520
    tilt: float = 0.0
    turn_deg: float = 0.0
    blur_px: float = 0.0
    motion_px: int = 0
    glare: float = 0.0
    dim: float = 1.0
    noise: float = 2.0
    jpeg_quality: int = 80


def phone_with_text(text: str) -> Grey: ...


def phone_with_pixels(png: bytes) -> Grey: ...


def see(phone: Grey, view: View, rng: np.random.Generator) -> Grey: ...


class SimulatedCamera:
    def __init__(self, folder: Path, *, seed: int = 1) -> None: ...
    def show(self, frame: Grey) -> Path: ...
    async def hold_up(self, phone: Grey, view: View, *, frames: int = 8, interval_ms: int = 60) -> None: ...
    async def empty(self, *, frames: int = 1, interval_ms: int = 60) -> None: ...
