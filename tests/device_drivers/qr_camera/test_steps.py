"""The single steps of the decoder chain."""

import cv2
import numpy as np
import pytest

from device_drivers.qr_camera.steps import (
    FRAME_STEPS,
    REGION_LONGEST_PX,
    REGION_SIDE_PX,
    REGION_STEPS,
    STEADY_STEPS,
    Step,
    busiest_region,
    fit,
    read_any_model,
    read_plain,
)
from simulators.qr_camera import View, code_picture, empty_frame
from tests.device_drivers.qr_camera.pictures import TEXT, a_view, broken_codes, smeared


@pytest.mark.parametrize("step", [*REGION_STEPS, *FRAME_STEPS], ids=lambda step: step.name)
def test_every_step_reads_a_code_out_of_focus(step: Step) -> None:
    """Each step reads the softness it is for: the strongest filters spoil a slight one."""
    is_strong = step.name in {"region refocused 4.5", "region refocused 5.5"}
    sigma_px = 5 if is_strong else 3
    soft = cv2.GaussianBlur(code_picture(TEXT), (0, 0), sigma_px)
    symbols = step.read(np.asarray(soft, np.uint8))
    assert [(symbol.payload, symbol.text) for symbol in symbols] == [(TEXT.encode(), TEXT)]


@pytest.mark.parametrize("degrees", [15, 40, 75, 105, 140, 165])
def test_a_smear_in_any_direction_is_steadied(degrees: int) -> None:
    """Some steady step reads it."""
    moved = smeared(code_picture(TEXT, module_px=5), 9, degrees)
    read = [symbol.payload for step in STEADY_STEPS for symbol in step.read(moved)]
    assert set(read) == {TEXT.encode()}


def test_symbols_seen_but_not_decoded_are_cut_out() -> None:
    """A broken code gives a region around it, of bounded size."""
    found = read_plain(broken_codes())
    assert found.symbols == []
    assert found.regions
    assert all(max(region.shape) <= REGION_LONGEST_PX for region in found.regions)


def test_the_busiest_region_holds_the_code() -> None:
    """Where the code is, although it is off the middle, there is the region."""
    frame = a_view(View(shift_px=150), seed=8)
    region = busiest_region(frame)
    assert region is not None
    assert region.shape == (REGION_SIDE_PX, REGION_SIDE_PX)
    assert [symbol.payload for symbol in read_any_model(region)] == [TEXT.encode()]


def test_a_calm_scene_has_no_busy_region() -> None:
    """Without a code-like texture, and on tiny pictures, there is none."""
    assert busiest_region(empty_frame(np.random.default_rng(1))) is None
    assert busiest_region(np.zeros((40, 40), np.uint8)) is None


def test_a_picture_is_only_ever_made_smaller() -> None:
    """`fit` keeps the shape's proportion and leaves small pictures alone."""
    assert fit(np.zeros((100, 400), np.uint8), 200).shape == (50, 200)
    small = np.zeros((10, 20), np.uint8)
    assert fit(small, 200) is small
