"""Whether a camera can see at all."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from access_core.clock import Instant
from device_drivers.qr_camera.picture_watch import (
    BLURRED,
    COVERED,
    DARK,
    LASTS_MS,
    PictureWatch,
    trouble_in,
)
from simulators.qr_camera import View, empty_frame, phone_with_text, see

RNG = np.random.default_rng(7)
PHONE = phone_with_text("CP1:A PASS")
EMPTY = empty_frame(RNG)
START = Instant(0, 0)
BLACK = np.full((720, 1280), 4, np.uint8)


def _noisy(level: int) -> NDArray[np.uint8]:
    return np.clip(RNG.normal(level, 2, (720, 1280)), 0, 255).astype(np.uint8)


def _blurred(picture: NDArray[np.uint8], sigma: float) -> NDArray[np.uint8]:
    soft = np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma), np.float64)
    return np.clip(soft + RNG.normal(0, 2, soft.shape), 0, 255).astype(np.uint8)


@pytest.mark.parametrize(
    "view",
    [View(), View(light=0.33, noise=3), View(phone_width_px=900), View(dark_mode=True)],
    ids=["good", "dim", "near", "dark mode"],
)
def test_a_picture_that_can_be_read_has_no_trouble(view: View) -> None:
    """Nor has the empty gate."""
    assert trouble_in(see(PHONE, view, RNG)) == ""
    assert trouble_in(EMPTY) == ""


@pytest.mark.parametrize("level", [4, 120, 250])
def test_a_covered_lens_is_named(level: int) -> None:
    """A cap, a hand, a sheet of paper: one even shade with noise."""
    assert trouble_in(_noisy(level)) == COVERED


def test_darkness_is_named() -> None:
    """There is something, but in a tenth of the light."""
    assert trouble_in(see(PHONE, View(light=0.12), RNG)) == DARK


@pytest.mark.parametrize("sigma", [2, 3, 4, 5, 8])
def test_a_lens_out_of_focus_is_named(sigma: float) -> None:
    """With and without a phone before it."""
    assert trouble_in(_blurred(EMPTY, sigma)) == BLURRED
    assert trouble_in(see(PHONE, View(blur_px=sigma), RNG)) == BLURRED


def test_only_what_lasts_is_told() -> None:
    """A hand for four seconds is nobody's business; for longer it is, until it is gone."""
    watch = PictureWatch()
    told = [watch.words(BLACK, START.plus_ms(ms)) for ms in range(0, LASTS_MS, 500)]
    assert set(told) == {""}
    assert watch.words(EMPTY, START.plus_ms(LASTS_MS)) == ""
    later = START.plus_ms(LASTS_MS + 500)
    told = [watch.words(BLACK, later.plus_ms(ms)) for ms in range(0, LASTS_MS + 1, 500)]
    assert told[-1] == COVERED
    assert watch.words(EMPTY, later.plus_ms(LASTS_MS + 600)) == ""
