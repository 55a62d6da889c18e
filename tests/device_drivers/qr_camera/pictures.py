"""Pictures for the tests of the camera: views of phones, and sheets printed to waste time."""

from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from simulators.qr_camera import View, code_picture, phone_with_text, see

Grey: TypeAlias = NDArray[np.uint8]

TEXT = "CP1:THE PASS OF A VISITOR 0123456789 $%*+-./:"
SHAPE = (720, 1280)


def a_view(view: View, seed: int = 5, text: str = TEXT) -> Grey:
    """A frame in which a phone with `text` is seen as `view` says."""
    return see(phone_with_text(text), view, np.random.default_rng(seed))


def smeared(picture: Grey, length_px: int, degrees: float) -> Grey:
    """`picture` moved by `length_px` while it was taken."""
    line = np.zeros((length_px, length_px), np.float32)
    line[length_px // 2] = 1 / length_px
    middle = ((length_px - 1) / 2, (length_px - 1) / 2)
    turn = cv2.getRotationMatrix2D(middle, -degrees, 1)
    kernel = cv2.warpAffine(line, turn, line.shape)
    return np.asarray(cv2.filter2D(picture, -1, kernel / kernel.sum()), np.uint8)


def tiled_finders(module_px: int) -> Grey:
    """A sheet full of finder patterns: every place looks like the corner of a code."""
    pattern = np.full((9, 9), 255, np.uint8)
    pattern[1:8, 1:8] = 0
    pattern[2:7, 2:7] = 255
    pattern[3:6, 3:6] = 0
    tile = np.kron(pattern, np.ones((module_px, module_px), np.uint8))
    down, across = SHAPE[0] // tile.shape[0] + 1, SHAPE[1] // tile.shape[1] + 1
    return np.ascontiguousarray(np.tile(tile, (down, across))[: SHAPE[0], : SHAPE[1]])


def random_modules(module_px: int, seed: int = 1) -> Grey:
    """A sheet of random black and white squares."""
    rng = np.random.default_rng(seed)
    small = rng.integers(0, 2, (SHAPE[0] // module_px + 1, SHAPE[1] // module_px + 1)) * 255
    large = np.kron(small.astype(np.uint8), np.ones((module_px, module_px), np.uint8))
    return np.ascontiguousarray(large[: SHAPE[0], : SHAPE[1]])


def broken_codes(seed: int = 1) -> Grey:
    """Twelve codes whose middles are replaced by noise."""
    rng = np.random.default_rng(seed)
    sheet = np.full(SHAPE, 255, np.uint8)
    code = code_picture("A" * 200, module_px=4)[:228, :228]
    for number in range(12):
        part = code.copy()
        part[60:190, 60:190] = rng.integers(0, 2, (130, 130)) * 255
        top, left = number // 4 * 240, number % 4 * 310
        sheet[top : top + 228, left : left + 228] = part
    return sheet


def hostile_frames() -> dict[str, Grey]:
    """Frames that make decoders slow, by name."""
    rng = np.random.default_rng(1)
    frames = {f"finders {px} px": tiled_finders(px) for px in (2, 3, 4, 6, 8, 12)}
    frames |= {f"random {px} px": random_modules(px) for px in (1, 3, 6)}
    soft = cv2.GaussianBlur(tiled_finders(4), (0, 0), 2)
    grainy = np.clip(tiled_finders(8) + rng.normal(0, 60, SHAPE), 0, 255)
    return frames | {
        "finders blurred": np.asarray(soft, np.uint8),
        "finders grainy": grainy.astype(np.uint8),
        "noise": rng.integers(0, 256, SHAPE, dtype=np.uint8),
        "broken codes": broken_codes(),
        "black": np.zeros(SHAPE, np.uint8),
    }
