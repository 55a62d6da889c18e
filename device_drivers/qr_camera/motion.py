"""Whether a frame is worth looking at: nothing new in it, nothing to read in it."""

from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

Grey: TypeAlias = NDArray[np.uint8]

SAMPLE = 4
"""Every fourth pixel of every fourth row is compared: 0.06 ms for a 720p frame."""

CHANGED_BY = 25
"""A pixel that differs by more has changed; sensor noise stays below, grey levels."""

CHANGED_SHARE = 0.002
"""A frame in which more of the pixels have changed is a new one: 115 of 57,600 at 720p, less
than the smallest code that can be read covers."""

PATIENCE = 6
"""Frames of an unchanged scene that are looked at all the same: each takes another step of the
decoder chain in turn, and a phone may be held very still."""


class MotionGate:
    """Skips frames in which nothing changed since one that gave nothing to read."""

    def __init__(self) -> None:
        """Every first frame is worth a look."""
        self._unread: Grey | None = None
        self._looks = 0

    def is_worth_a_look(self, frame: Grey) -> bool:
        """False if `frame` shows the scene that was looked at in vain often enough."""
        if self._unread is None or self._looks < PATIENCE:
            return True
        sample = _sample(frame)
        if sample.shape != self._unread.shape:
            return True
        difference = cv2.absdiff(sample, self._unread)
        _, changed = cv2.threshold(difference, CHANGED_BY, 255, cv2.THRESH_BINARY)
        return cv2.countNonZero(changed) > CHANGED_SHARE * sample.size

    def looked_at(self, frame: Grey, *, was_read: bool) -> None:
        """Remember what looking at `frame` gave."""
        if was_read:
            self._unread, self._looks = None, 0
            return
        if self._looks >= PATIENCE:  # the scene had changed, or this would not have been a look
            self._looks = 0
        self._looks += 1
        self._unread = _sample(frame)


def _sample(frame: Grey) -> Grey:
    return np.ascontiguousarray(frame[::SAMPLE, ::SAMPLE])
