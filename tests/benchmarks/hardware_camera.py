"""Two lanes' cameras on one box: whether two decoding threads do the work of two.

zxing-cpp and OpenCV let go of Python's lock while they work. The same frames, each with a phone in
it, are decoded by one thread and by two at once, turn by turn.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from statistics import quantiles
from time import perf_counter_ns
from typing import Final

import cv2
import numpy as np

from device_drivers.qr_camera.decoder import QrDecoder
from device_drivers.qr_camera.steps import Grey
from device_drivers.system_clock import SystemClock
from simulators.qr_camera import View, empty_frame, phone_with_text, see
from tests.benchmarks.figure import Figure, times_at_least

_ROUNDS: Final = 40
_FRAMES: Final = 24
_SEED: Final = 11
_FAR_DEADLINE_MS: Final = 1_000
"""So that both ways take every step: a busy machine must not make the work less."""


def two_threads() -> Iterator[Figure]:
    """Frames a second of two threads against one."""
    cv2.setNumThreads(1)
    frames = _frames()
    clock = SystemClock()
    decoders = [QrDecoder(clock, deadline_ms=_FAR_DEADLINE_MS) for _ in range(2)]
    one: list[float] = []
    two: list[float] = []
    with ThreadPoolExecutor(2) as threads:

        def work(decoder: QrDecoder) -> None:
            for frame in frames:
                decoder.decode(frame)

        def rate(busy: list[QrDecoder]) -> float:
            begun = perf_counter_ns()
            for done in [threads.submit(work, decoder) for decoder in busy]:
                done.result()
            return len(busy) * len(frames) / ((perf_counter_ns() - begun) / 1e9)

        rate(decoders)
        for turn in range(_ROUNDS):
            ways = ((one, decoders[:1]), (two, decoders))
            for rates, busy in ways if turn % 2 else ways[::-1]:
                rates.append(rate(busy))
    yield Figure(
        id="hardware.camera.two_threads",
        what="frames decoded by two threads at once vs by one",
        value=_best_tenth(two),
        unit="frames/s",
        reference=_best_tenth(one),
        target=times_at_least(1.8),
        note="best tenth of the rounds: another program beside only takes away",
    )


def _best_tenth(rates: list[float]) -> float:
    return quantiles(rates, n=10)[-1]


def _frames() -> list[Grey]:
    """What two lanes see: mostly nobody, phones seen well, and some that need a rescue."""
    rng = np.random.default_rng(_SEED)
    phone = phone_with_text("CP1:" + "A1B2C3D4" * 15)
    views = (View(), View(blur_px=2.5), View(light=0.4), View(motion_px=6))
    seen = [see(phone, view, rng) for view in views for _ in range(_FRAMES // 8)]
    return [*seen, *(empty_frame(rng) for _ in range(_FRAMES - len(seen)))]
