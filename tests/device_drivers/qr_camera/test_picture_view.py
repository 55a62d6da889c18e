"""The picture that a technician sees."""

import cv2
import numpy as np

from access_core.clock import Instant
from device_drivers.qr_camera.codec import DecodeResult
from device_drivers.qr_camera.picture_view import LONGEST_SIDE_PX, READ, UNREAD, view_of
from device_drivers.qr_camera.transport import Frame
from simulators.qr_camera import View, empty_frame, phone_with_text, see

RNG = np.random.default_rng(3)
AT = Instant(5, 6)
SECRET = "CP1:NOT TO BE TOLD"
PHONE = phone_with_text(SECRET)


def _frame(picture: np.ndarray[tuple[int, int], np.dtype[np.uint8]]) -> Frame:
    return Frame(AT, picture, is_fresh=True)


def test_it_is_small_and_shows_where_the_code_is() -> None:
    """At most 640 pixels; corners round the code; the outcome in words, never the content."""
    view = view_of(_frame(see(PHONE, View(), RNG)), None)
    assert (view.at, view.width, view.height) == (AT, LONGEST_SIDE_PX, 360)
    decoded = cv2.imdecode(np.frombuffer(view.jpeg, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert decoded is not None
    assert decoded.shape == (360, 640)
    (code,) = view.codes
    assert code.outcome == READ
    xs, ys = zip(*code.corners, strict=True)
    assert max(xs) - min(xs) > 60
    assert abs(sum(xs) / 4 - 320) < 40
    assert abs(sum(ys) / 4 - 180) < 40
    assert SECRET not in repr(view.codes)


def test_a_code_that_only_a_later_step_read_says_so() -> None:
    """And one that none has read says what to check."""
    defaced = PHONE.copy()
    middle = tuple(slice(side // 2 - 110, side // 2 + 110) for side in PHONE.shape)
    defaced[middle] = 255 * RNG.integers(0, 2, (22, 22), np.uint8).repeat(10, 0).repeat(10, 1)
    frame = _frame(see(defaced, View(), RNG))
    (unread,) = view_of(frame, None).codes
    assert unread.outcome == UNREAD
    look = DecodeResult((b"x",), ("x",), 9.0, ("plain", "region closed"))
    (rescued,) = view_of(frame, look).codes
    assert rescued.outcome == "read by the step region closed"


def test_an_empty_gate_has_no_codes() -> None:
    """A small picture keeps its size."""
    small = np.ascontiguousarray(empty_frame(RNG)[:200, :300])
    view = view_of(_frame(small), None)
    assert (view.codes, view.width, view.height) == ((), 300, 200)
