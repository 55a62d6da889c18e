"""What is plugged into this machine, by names that survive replugging where there are any."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_PORTS: Final = ("serial/by-id/*", "ttyUSB*", "ttyACM*", "ttyAMA*")
_CAMERAS: Final = ("v4l/by-id/*-video-index0", "video*")
"""A camera has a second node for its metadata; index 0 is the one with pictures."""


@dataclass(frozen=True, slots=True)
class FoundDevices:
    """Paths, each device once."""

    ports: tuple[Path, ...]
    cameras: tuple[Path, ...]


def find_devices(folder: Path) -> FoundDevices:
    """Serial ports and cameras below `folder`, which is `/dev` on a real box."""
    return FoundDevices(_once(_below(folder, _PORTS)), _once(_below(folder, _CAMERAS)))


def _below(folder: Path, patterns: Iterable[str]) -> Iterable[Path]:
    for pattern in patterns:
        yield from sorted(folder.glob(pattern))


def _once(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Of several names of one device the first: a name by id stands before the kernel's number."""
    by_device: dict[Path, Path] = {}
    for path in paths:
        by_device.setdefault(path.resolve(), path)
    return tuple(by_device.values())
