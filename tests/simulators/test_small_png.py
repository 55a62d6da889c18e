"""Small pictures."""

import cv2
import numpy as np
import pytest

from simulators.small_png import small_png


def png_of(pixels: np.ndarray) -> bytes:
    """A picture with every colour it has."""
    return bytes(cv2.imencode(".png", pixels)[1])


def read(picture: bytes) -> np.ndarray:
    """The pixels of a picture, by an independent reader."""
    pixels = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR)
    assert pixels is not None
    return pixels


def test_few_colours_stay_as_they_are() -> None:
    """A page with flat grounds loses nothing."""
    page = np.full((40, 60, 3), 255, np.uint8)
    page[10:20, 10:30] = (173, 92, 11)
    page[30:, :5] = (44, 32, 22)
    assert np.array_equal(read(small_png(png_of(page))), page)


def test_many_colours_become_few_and_the_frequent_ones_stay() -> None:
    """Shades come close to what they were; the ground keeps its exact colour; the file is small."""
    noise = np.random.default_rng(7).integers(0, 256, (60, 200, 3), dtype=np.uint8)
    page = np.vstack([np.full((300, 200, 3), (250, 246, 243), np.uint8), noise])
    small = small_png(png_of(page))
    shown = read(small)
    assert len(np.unique(shown.reshape(-1, 3), axis=0)) <= 256
    assert np.all(shown[:300] == (250, 246, 243))
    assert np.abs(shown.astype(int) - page.astype(int))[300:].mean() < 32
    assert len(small) < len(png_of(page)) / 2


def test_what_is_no_picture_is_refused() -> None:
    """The message says what to give."""
    with pytest.raises(ValueError, match="PNG or JPEG"):
        small_png(b"<html>")
