"""The simulated gate set: fifteen ways in which phones are held before a camera, seeded.

The conditions follow the study that chose the decoder chain, and their ranges are such that zbar
and zxing-cpp read about as much of this set as of that one (62 and 83 %, 2026-11). Sizes that
matter to a decoder are given in modules of the code and turned into pixels of the frame here.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import segno

from simulators.qr_camera import CODE_SHARE, QUIET_MODULES, Grey, View, phone_with_text, see

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
"""The characters of QR alphanumeric mode, which are also those of base45."""

PAYLOAD_BYTES = (60, 104, 140, 207, 260)
"""Lengths of what passes carry, as bytes before base45; 140 is a rotating visitor pass."""

Draw = Callable[[np.random.Generator, float], View]
"""A view of one condition; the number is the side of one module in frame pixels."""


@dataclass(frozen=True, slots=True)
class GateView:
    """One phone before the camera."""

    condition: str
    text: str
    view: View
    phone: Grey

    def frames(self, rng: np.random.Generator, count: int) -> Iterator[Grey]:
        """`count` frames of this view, each with its own jitter and noise."""
        for _ in range(count):
            yield see(self.phone, self.view, rng)


def _base(rng: np.random.Generator) -> View:
    return View(
        phone_width_px=320,
        shift_px=150,
        turn_deg=float(rng.uniform(-8, 8)),
        blur_px=float(rng.uniform(0.4, 0.8)),
        jpeg_quality=int(rng.integers(55, 86)),
    )


def _mixed(rng: np.random.Generator, module_px: float) -> View:
    return replace(
        _base(rng),
        tilt=rng.uniform(0.1, 0.35),
        turn_deg=rng.uniform(-30, 30),
        blur_px=module_px * rng.uniform(0.15, 0.4),
        motion_px=module_px * rng.uniform(0.3, 1.0),
        glare=rng.uniform(0.2, 0.6),
        light=rng.uniform(0.5, 1.2),
        noise=6.0,
    )


CONDITIONS: dict[str, Draw] = {
    "clean": lambda rng, _: _base(rng),
    "moire": lambda rng, _: replace(_base(rng), moire=rng.uniform(0.4, 1.0)),
    "rotated": lambda rng, _: replace(_base(rng), turn_deg=rng.uniform(-180, 180)),
    "thumb": lambda rng, _: replace(_base(rng), thumb=rng.uniform(0.16, 0.24)),
    "perspective": lambda rng, _: replace(_base(rng), tilt=rng.uniform(0.25, 0.5)),
    "dark mode": lambda rng, _: replace(_base(rng), dark_mode=True),
    "dim screen": lambda rng, _: replace(
        _base(rng), screen_light=rng.uniform(0.08, 0.25), noise=3.0
    ),
    "small": lambda rng, module_px: replace(
        _base(rng), phone_width_px=320 * rng.uniform(1.6, 2.5) / module_px
    ),
    "motion": lambda rng, module_px: replace(
        _base(rng), motion_px=module_px * rng.uniform(1.0, 2.0)
    ),
    "cracked": lambda rng, _: replace(_base(rng), cracks=int(rng.integers(3, 7))),
    "glare": lambda rng, _: replace(_base(rng), glare=rng.uniform(0.3, 0.8)),
    "low light": lambda rng, _: replace(_base(rng), light=rng.uniform(0.18, 0.4), noise=10.0),
    "overexposed": lambda rng, _: replace(_base(rng), light=rng.uniform(1.6, 2.4)),
    "mixed": _mixed,
    "defocus": lambda rng, module_px: replace(
        _base(rng), blur_px=module_px * rng.uniform(0.45, 0.85)
    ),
}


def gate_views(seed: int, per_condition: int) -> Iterator[GateView]:
    """`per_condition` views of each condition, in a fixed order for a fixed `seed`."""
    rng = np.random.default_rng(seed)
    for number in range(per_condition):
        length = PAYLOAD_BYTES[number % len(PAYLOAD_BYTES)] * 3 // 2
        for condition, draw in CONDITIONS.items():
            text = "CP1:" + "".join(rng.choice(list(ALPHABET), length - 5)) + "A"
            view = draw(rng, _module_px(text))
            yield GateView(condition, text, view, phone_with_text(text))


def _module_px(text: str) -> float:
    code = segno.make(text, error="m", micro=False, boost_error=False)
    modules = code.symbol_size()[0] - 2 * code.default_border_size + 2 * QUIET_MODULES
    return 320 * CODE_SHARE / modules
