"""Filters against defocus and motion."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from device_drivers.qr_camera.refocus import (
    LONGEST_SIDE_PX,
    Filter,
    Grey,
    against_defocus,
    against_motion,
)
from device_drivers.qr_camera.steps import read_any_model
from simulators.qr_camera import code_picture
from tests.device_drivers.qr_camera.pictures import TEXT, smeared

CODE = code_picture(TEXT, module_px=6)
DEFOCUS, MOTION = against_defocus(4.5, 0.0003), against_motion(12, 30)


def defocused(picture: Grey, sigma_px: float) -> Grey:
    """`picture` out of focus."""
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma_px), np.uint8)


def is_read(picture: Grey) -> bool:
    """Whether the code in `picture` is read."""
    return [symbol.payload for symbol in read_any_model(picture)] == [TEXT.encode()]


def test_a_defocus_is_undone() -> None:
    """A code too soft to be read is read after the filter for its softness."""
    soft = defocused(CODE, 4.5)
    assert not is_read(soft)
    assert is_read(DEFOCUS(soft))


def test_a_smear_is_undone_in_its_own_direction() -> None:
    """A smeared code is read after the filter for its direction, not after that across it."""
    moved = smeared(CODE, 13, 30)
    assert not is_read(moved)
    assert is_read(MOTION(moved))
    assert not is_read(against_motion(12, 120)(moved))


@pytest.mark.parametrize("undo", [DEFOCUS, MOTION], ids=["defocus", "motion"])
def test_brightness_stays(undo: Filter) -> None:
    """What is the same grey everywhere is the same grey afterwards."""
    flat = np.full((200, 301), 137, np.uint8)
    assert np.abs(undo(flat).astype(int) - flat).max() <= 1


def test_a_large_picture_is_made_smaller() -> None:
    """It keeps its proportion within what can be filtered."""
    assert DEFOCUS(np.zeros((1000, 500), np.uint8)).shape == (LONGEST_SIDE_PX, LONGEST_SIDE_PX // 2)
    assert DEFOCUS(np.zeros((1, 1000), np.uint8)).shape == (1, LONGEST_SIDE_PX)


@settings(max_examples=40, deadline=None)
@given(arrays(np.uint8, st.tuples(st.integers(1, 450), st.integers(1, 450)), fill=st.just(0)))
def test_any_picture_at_all_raises_nothing(picture: Grey) -> None:
    """A picture of any shape and content gives one of its shape, if that fits."""
    for undo in (DEFOCUS, MOTION):
        undone = undo(picture)
        assert max(undone.shape) <= LONGEST_SIDE_PX
        assert undone.shape == picture.shape or max(picture.shape) > LONGEST_SIDE_PX
