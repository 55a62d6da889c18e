"""Pictures of pages made small: PNG with a palette of at most 256 colours (W3C, third edition)."""

import struct
import zlib
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

_Colours: TypeAlias = npt.NDArray[np.uint8]
"""Blue, green and red in the last axis, as OpenCV has them."""
_MAX_COLOURS = 256
_KEPT = 160
"""The most frequent colours stay exactly; the others share what is left."""
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PALETTE = 3
"""Colour type of clause 11.2.1: each pixel is a number in the palette."""


def small_png(picture: bytes) -> bytes:
    """`picture` (PNG or JPEG) with few colours; ValueError if it is no picture.

    Grounds and lines keep their colours exactly; the rare ones become the nearest that is left.
    """
    pixels = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR)
    if pixels is None:
        raise ValueError("this is not a picture; give PNG or JPEG")
    palette, numbers = _few_colours(pixels.astype(np.uint8))
    height, width = numbers.shape
    header = struct.pack(">IIBBBBB", width, height, 8, _PALETTE, 0, 0, 0)
    # Filter 0 on each line: numbers of a palette have no neighbourhood worth predicting (12.7).
    lines = np.hstack([np.zeros((height, 1), np.uint8), numbers]).tobytes()
    return b"".join(
        (
            _SIGNATURE,
            _chunk(b"IHDR", header),
            _chunk(b"PLTE", palette[:, ::-1].tobytes()),
            _chunk(b"IDAT", zlib.compress(lines, 9)),
            _chunk(b"IEND", b""),
        )
    )


def _few_colours(pixels: _Colours) -> tuple[_Colours, npt.NDArray[np.uint8]]:
    """At most 256 colours, one a row, and for each pixel which of them it has."""
    flat = pixels.reshape(-1, 3)
    colours, which, counts = np.unique(flat, axis=0, return_inverse=True, return_counts=True)
    order = np.argsort(-counts, kind="stable")
    colours = colours[order]
    palette = np.vstack([colours[:_KEPT], _coarse(colours[_KEPT:])])
    nearest = np.zeros(len(colours), np.uint8)
    for place, colour in enumerate(colours):
        distances = np.abs(palette.astype(np.int32) - colour).sum(axis=1)
        nearest[order[place]] = np.argmin(distances)
    return palette, nearest[which.reshape(-1)].reshape(pixels.shape[:2])


def _coarse(colours: _Colours) -> _Colours:
    """At most as many as still fit: of those that differ little, the first."""
    for dropped_bits in range(8):
        _, first = np.unique(colours >> dropped_bits, axis=0, return_index=True)
        if len(first) <= _MAX_COLOURS - _KEPT:
            few: _Colours = colours[np.sort(first)]
            return few
    raise AssertionError("seven bits less leave eight colours")


def _chunk(kind: bytes, content: bytes) -> bytes:
    checked = kind + content
    return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))
