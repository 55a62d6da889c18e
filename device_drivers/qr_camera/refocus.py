"""Undoing defocus and motion: Wiener filters on the spectrum of a cut-out.

A filter of 31 by 31 pixels in the picture takes 3.4 ms and reaches too short for a strong blur;
the same on the spectrum takes 0.7 ms there and back and reaches everywhere (measured 2026-11).
"""

from collections.abc import Callable
from functools import cache
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

Grey: TypeAlias = NDArray[np.uint8]
Filter: TypeAlias = Callable[[Grey], Grey]
"""Gives a picture of the same shape, or smaller if it did not fit `LONGEST_SIDE_PX`."""

CANVAS_PX = 432
"""Side of the square that is transformed: 2^4 * 3^3, which transforms fast."""

LONGEST_SIDE_PX = 400
"""A larger picture is made smaller first. The rest of the canvas mirrors the picture's border, so
that no edge there rings across the code."""

_LENS_PX = 0.8
"""Blur of lens and sensor that every smear comes with, standard deviation."""

_SMEAR_NOISE = 0.02


def against_defocus(sigma_px: float, noise: float) -> Filter:
    """Undoes a blur of `sigma_px`; the less `noise` (a share of the code's power), the bolder.

    The filter is made when it is first used (5 ms), and kept (0.7 MB).
    """

    @cache
    def gain() -> NDArray[np.float32]:
        return _wiener(_defocus(sigma_px), noise)

    return lambda picture: _filtered(picture, gain())


def against_motion(length_px: float, degrees: float) -> Filter:
    """Undoes a smear of `length_px`; `degrees` from the row's direction towards the columns'.

    The filter is made when it is first used (5 ms), and kept (0.7 MB).
    """

    @cache
    def gain() -> NDArray[np.float32]:
        down, across = _frequencies()
        turn = np.deg2rad(degrees)
        along = across * np.cos(turn) + down * np.sin(turn)
        return _wiener(np.sinc(length_px * along) * _defocus(_LENS_PX), _SMEAR_NOISE)

    return lambda picture: _filtered(picture, gain())


def _defocus(sigma_px: float) -> NDArray[np.float64]:
    down, across = _frequencies()
    return np.asarray(np.exp(-2 * (np.pi * sigma_px) ** 2 * (down**2 + across**2)))


def _wiener(blur: NDArray[np.float64], noise: float) -> NDArray[np.float32]:
    """What undoes `blur`, given by its spectrum; leaves the mean brightness as it is."""
    return np.asarray(blur / (blur**2 + noise) * (1 + noise), np.float32)


@cache
def _frequencies() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Cycles a pixel down and across, at each place of the packed spectrum of a real picture.

    The layout is OpenCV's CCS: columns 0, then pairs of real and imaginary parts, then the
    highest frequency; the first and the last column are packed in the same way themselves.
    """
    packed = (np.arange(CANVAS_PX) + 1) // 2 / CANVAS_PX
    across = np.tile(packed, (CANVAS_PX, 1))
    down = np.tile(np.fft.fftfreq(CANVAS_PX)[:, None], (1, CANVAS_PX))
    down[:, 0] = down[:, -1] = packed
    return down, across


def _filtered(picture: Grey, gain: NDArray[np.float32]) -> Grey:
    fitting = _fitting(picture)
    rows, columns = fitting.shape
    top, left = (CANVAS_PX - rows) // 2, (CANVAS_PX - columns) // 2
    bottom, right = CANVAS_PX - rows - top, CANVAS_PX - columns - left
    canvas = cv2.copyMakeBorder(fitting, top, bottom, left, right, cv2.BORDER_REFLECT)
    spectrum = cv2.multiply(cv2.dft(np.asarray(canvas, np.float32)), gain)
    undone = cv2.dft(spectrum, flags=cv2.DFT_INVERSE | cv2.DFT_SCALE)
    inner = undone[top : top + rows, left : left + columns]
    return np.asarray(np.clip(inner, 0, 255), np.uint8)


def _fitting(picture: Grey) -> Grey:
    longest = max(picture.shape)
    if longest <= LONGEST_SIDE_PX:
        return picture
    size = [max(1, side * LONGEST_SIDE_PX // longest) for side in picture.shape]
    smaller = cv2.resize(picture, (size[1], size[0]), interpolation=cv2.INTER_AREA)
    return np.asarray(smaller, np.uint8)
