"""The simulated gate set."""

import numpy as np

from simulators.gate_views import ALPHABET, CONDITIONS, gate_views


def test_each_condition_comes_as_often_as_told() -> None:
    """Fifteen conditions, each with its own text and view, in the same order every time."""
    views = list(gate_views(seed=1, per_condition=2))
    assert [view.condition for view in views] == [*CONDITIONS, *CONDITIONS]
    assert len({view.text for view in views}) == len(views) == 30
    again = list(gate_views(seed=1, per_condition=2))
    assert [(v.text, v.view) for v in views] == [(v.text, v.view) for v in again]


def test_texts_are_such_as_passes_carry() -> None:
    """Alphanumeric, at most 400 characters, never ending in a space."""
    for view in gate_views(seed=2, per_condition=5):
        assert len(view.text) <= 400
        assert set(view.text) <= set(ALPHABET)
        assert view.text.startswith("CP1:")
        assert not view.text.endswith(" ")


def test_frames_of_one_view_jitter() -> None:
    """Eight frames of one view are eight different frames."""
    view = next(gate_views(seed=3, per_condition=1))
    frames = list(view.frames(np.random.default_rng(4), 3))
    assert len({frame.tobytes() for frame in frames}) == 3
