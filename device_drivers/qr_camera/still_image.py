"""A picture file -> the payloads of the QR codes in it. For technicians, not for the gate."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import cv2
import numpy as np

from access_core.clock import Clock
from access_core.errors import DeviceUnavailable
from device_drivers.qr_camera.codec import DecodeResult, Symbol, as_result
from device_drivers.qr_camera.steps import (
    FRAME_STEPS,
    REGION_STEPS,
    Grey,
    Step,
    busiest_region,
    fit,
    read_any_model,
    read_plain,
    twice_the_size,
    zbar_step,
)
from device_drivers.qr_camera.zbar_process import ZbarProcess

STILL_DEADLINE_MS = 2_000
"""No further step begins after this time: somebody waits at a keyboard, nobody at a gate."""

SIZES_PX = (1280, 640, 320, 160, 96)
"""Longest sides in which a picture is looked at, after its own size."""

SMALL_SIDE_PX = 640
"""A picture smaller than this is looked at enlarged as well."""

PICTURE_ENDINGS = frozenset({".png", ".jpg", ".jpeg", ".webp", ".bmp", ".pgm", ".tif", ".tiff"})
"""Files taken from a folder."""


def decode_image_file(path: Path, clock: Clock, zbar: ZbarProcess | None = None) -> DecodeResult:
    """The payloads in the picture at `path`, by all steps in several sizes, without taking turns.

    A camera frame is worth 60 ms; a picture that somebody asks about is worth two seconds. A read
    here therefore does not mean that the gate would read it from one frame.

    Raises:
        DeviceUnavailable: The file cannot be read, or is no picture.
    """
    start = clock.now()
    picture = _load(path)
    stages: list[str] = []
    symbols: list[Symbol] = []
    for step, part in _all_steps(picture, zbar):
        if clock.now().ms_since(start) > STILL_DEADLINE_MS:
            break
        stages.append(step.name)
        symbols = step.read(part)
        if symbols:
            break
    return as_result(symbols, clock.now().ms_since(start), stages)


def images_under(paths: Iterable[Path]) -> list[Path]:
    """`paths` with each folder replaced by the picture files in it and below, sorted."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            below = (p for p in path.rglob("*") if p.suffix.lower() in PICTURE_ENDINGS)
            found += sorted(below)
        else:
            found.append(path)
    return found


def _load(path: Path) -> Grey:
    try:
        data = np.frombuffer(path.read_bytes(), np.uint8)
        picture = cv2.imdecode(data, cv2.IMREAD_GRAYSCALE) if data.size else None
    except (OSError, cv2.error) as error:
        raise DeviceUnavailable(f"{path}: cannot be read ({error})") from error
    if picture is None:
        raise DeviceUnavailable(f"{path}: not a picture that can be read")
    return np.asarray(picture, np.uint8)


def _all_steps(picture: Grey, zbar: ZbarProcess | None) -> Iterator[tuple[Step, Grey]]:
    plain = Step("plain", read_any_model, 1)
    extra = () if zbar is None else (zbar_step(zbar),)
    yield plain, picture
    if max(picture.shape) < SMALL_SIDE_PX:
        yield Step("enlarged", plain.read, 4), twice_the_size(picture)
    sizes = [side for side in SIZES_PX if side < max(picture.shape)]
    smaller = [fit(picture, side) for side in sizes]
    for part in smaller:
        yield plain, part
    for part in [picture, *smaller]:
        busiest = busiest_region(part)
        regions = [*read_plain(part).regions, *([] if busiest is None else [busiest])]
        for region in regions:
            for step in (*REGION_STEPS, *extra):
                yield step, region
        for step in (*FRAME_STEPS, *extra):
            yield step, part
