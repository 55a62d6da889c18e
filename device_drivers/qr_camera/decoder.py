"""A grey frame -> the payloads of the QR codes in it."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from access_core.clock import Clock


@dataclass(frozen=True, slots=True)
class DecodeResult:
    """What was found in one frame."""

    payloads: tuple[bytes, ...]
    """Each distinct payload once, byte for byte."""
    elapsed_ms: float
    stages: tuple[str, ...]
    """Names of the steps tried, in order."""


class QrDecoder:
    """The chain of decoding steps for a stream of frames; remembers whose turn it is."""

    def __init__(self, clock: Clock, *, deadline_ms: int = 60) -> None: ...

    def decode(self, frame: NDArray[np.uint8]) -> DecodeResult: ...


def decode_image_file(path: Path, clock: Clock) -> DecodeResult: ...


def images_under(paths: Iterable[Path]) -> list[Path]: ...
