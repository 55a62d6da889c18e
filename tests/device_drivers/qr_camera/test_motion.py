"""Frames not worth looking at."""

import numpy as np

from device_drivers.qr_camera.motion import PATIENCE, MotionGate
from simulators.qr_camera import View, empty_frame
from tests.device_drivers.qr_camera.pictures import Grey, a_view

EMPTY = empty_frame(np.random.default_rng(1))


def looks(gate: MotionGate, frames: list[Grey]) -> list[bool]:
    """For each frame whether the gate let it through; none of them can be read."""
    taken = []
    for frame in frames:
        is_worth = gate.is_worth_a_look(frame)
        if is_worth:
            gate.looked_at(frame, was_read=False)
        taken.append(is_worth)
    return taken


def test_an_unchanged_scene_is_soon_left_alone() -> None:
    """After a few looks, which try all rescues, a still scene costs nothing more."""
    assert looks(MotionGate(), [EMPTY] * (PATIENCE + 4)) == [True] * PATIENCE + [False] * 4


def test_sensor_noise_is_no_motion() -> None:
    """Grain of a usual camera does not wake the decoder."""
    gate, rng = MotionGate(), np.random.default_rng(2)
    noisy = [
        np.clip(EMPTY + rng.normal(0, 4, EMPTY.shape), 0, 255).astype(np.uint8) for _ in range(10)
    ]
    assert looks(gate, noisy)[PATIENCE:] == [False] * 4


def test_a_phone_that_comes_into_view_is_looked_at() -> None:
    """Even the smallest phone that can be read wakes the decoder."""
    gate = MotionGate()
    looks(gate, [EMPTY] * (PATIENCE + 1))
    assert gate.is_worth_a_look(a_view(View(phone_width_px=110)))


def test_what_was_read_is_looked_at_again() -> None:
    """A pass held still stays in view as long as it is there."""
    gate = MotionGate()
    for _ in range(20):
        assert gate.is_worth_a_look(EMPTY)
        gate.looked_at(EMPTY, was_read=True)


def test_another_frame_size_is_a_new_scene() -> None:
    """A camera that changes its format is looked at."""
    gate = MotionGate()
    looks(gate, [EMPTY] * (PATIENCE + 1))
    assert gate.is_worth_a_look(EMPTY[:480, :640])
