"""Whether a camera can see at all: too dark, covered, or out of focus, in words.

A person before the lens covers it for a moment; only what lasts is told. The numbers were measured
(2026-11) on the simulated gate: a defocus of 1.5 pixels or more is seen, a sharp picture of an
empty gate, of a phone, or in a third of the light is not complained of.
"""

from typing import Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from access_core.clock import Instant

Grey: TypeAlias = NDArray[np.uint8]

LOOK_EVERY_MS: Final = 500
"""A look takes 3 ms."""
LASTS_MS: Final = 5_000
"""So long a picture must be bad before it is told; nobody holds a phone there for so long."""

COVERED_SPREAD: Final = 6.0
"""Standard deviation of a picture of nothing, grey levels; sensor noise stays below."""
DARK_LEVEL: Final = 45.0
"""In a dark picture nearly all is darker than that, grey levels; a third of full light gives 75."""
_NEARLY_ALL: Final = 95
SOMETHING_TO_SEE: Final = 2.0
"""Least structure on which a focus can be judged, grey levels."""
BLURRED_AT: Final = ((0.5, 0.33), (0.25, 0.25))
"""(size, share of fine structure in all): below it at either size the picture is out of focus."""

COVERED: Final = (
    "covered: it sees one even shade; check for something before the lens, and clean it"
)
DARK: Final = "too dark: check the light at the lane and the camera's exposure"
BLURRED: Final = "out of focus: check the distance of the lens, and clean it"


class PictureWatch:
    """Looks at a frame now and then and says what has been wrong with them for a while."""

    def __init__(self) -> None:
        """Nothing seen yet."""
        self._looked_at: Instant | None = None
        self._trouble = ""
        self._since: Instant | None = None

    def words(self, picture: Grey, at: Instant) -> str:
        """What is wrong with the pictures up to `picture`, taken `at`; empty if nothing is."""
        if self._looked_at is None or at.ms_since(self._looked_at) >= LOOK_EVERY_MS:
            self._looked_at = at
            trouble = trouble_in(picture)
            if trouble != self._trouble:
                self._trouble, self._since = trouble, at
        if self._since is None or at.ms_since(self._since) < LASTS_MS:
            return ""
        return self._trouble


def trouble_in(picture: Grey) -> str:
    """What is wrong with one picture, in words; empty if nothing is."""
    if float(picture[::4, ::4].std()) < COVERED_SPREAD:
        return COVERED
    if float(np.percentile(picture[::4, ::4], _NEARLY_ALL)) < DARK_LEVEL:
        return DARK
    if any(_share_of_fine(picture, size) < share for size, share in BLURRED_AT):
        return BLURRED
    return ""


def _share_of_fine(picture: Grey, size: float) -> float:
    """How much of the structure is fine; 1 if there is too little of any to judge."""
    smaller = cv2.resize(picture, None, fx=size, fy=size, interpolation=cv2.INTER_AREA)
    levels = np.asarray(smaller, np.float32)
    soft = np.asarray(cv2.GaussianBlur(levels, (0, 0), 1.0))
    softest = np.asarray(cv2.GaussianBlur(levels, (0, 0), 4.0))
    coarse = float((soft - softest).std())
    return float((levels - soft).std()) / coarse if coarse >= SOMETHING_TO_SEE else 1.0
