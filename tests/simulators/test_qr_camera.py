"""The simulated camera."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from simulators.qr_camera import (
    FRAME_HEIGHT_PX,
    FRAME_WIDTH_PX,
    SimulatedCamera,
    View,
    code_picture,
    empty_frame,
    phone_with_pixels,
    phone_with_text,
    see,
)

SPOILT = View(
    tilt=0.3,
    turn_deg=20,
    shift_px=100,
    blur_px=1,
    motion_px=4,
    glare=0.5,
    light=0.7,
    dark_mode=True,
    cracks=3,
    thumb=0.1,
    moire=0.5,
    noise=5,
    jpeg_quality=50,
    screen_light=0.6,
)


def frame_of(view: View, seed: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """A phone seen as `view` says."""
    return see(phone_with_text("CP1:HELLO"), view, np.random.default_rng(seed))


def test_the_same_seed_gives_the_same_frame() -> None:
    """A run can be repeated bit for bit, and another seed is another frame."""
    assert np.array_equal(frame_of(SPOILT, 1), frame_of(SPOILT, 1))
    assert not np.array_equal(frame_of(SPOILT, 1), frame_of(SPOILT, 2))


def test_frames_are_grey_720p() -> None:
    """Each frame, with or without a phone, has the size of the gate's camera."""
    for frame in (frame_of(SPOILT, 1), empty_frame(np.random.default_rng(1))):
        assert frame.shape == (FRAME_HEIGHT_PX, FRAME_WIDTH_PX)
        assert frame.dtype == np.uint8


def test_darkness_and_light_do_what_they_say() -> None:
    """Less light is a darker frame, dark mode a darker screen."""
    plain = frame_of(View(), 1).mean()
    assert frame_of(View(light=0.3), 1).mean() < plain * 0.5
    assert frame_of(View(screen_light=0.1), 1).mean() < plain
    assert frame_of(View(dark_mode=True), 1).mean() < plain


def test_a_clean_code_is_black_on_white_with_its_quiet_zone() -> None:
    """Four modules of white on each side, then a finder pattern."""
    picture = code_picture("CP1:HELLO", module_px=2)
    assert set(np.unique(picture)) == {0, 255}
    assert picture[:8].min() == 255
    assert picture[8, 8:22].max() == 0


def test_a_screenshot_is_shown_as_it_is() -> None:
    """The pixels of a page are what the phone shows, whatever their resolution."""
    page = np.full((844, 390), 200, np.uint8)
    page[300:400, 100:300] = 0
    _, png = cv2.imencode(".png", page)
    phone = phone_with_pixels(png.tobytes())
    assert phone.shape == phone_with_text("CP1:HELLO").shape
    assert phone[700, 400] == 0
    assert phone[1200, 400] == 200


def test_a_screenshot_that_is_no_picture_is_refused() -> None:
    """Broken bytes are named as such."""
    with pytest.raises(ValueError, match="not a picture"):
        phone_with_pixels(b"\x89PNG broken")


async def test_frames_appear_whole_and_in_order(tmp_path: Path) -> None:
    """Names and times grow, no unfinished file is left, and each can be read back."""
    camera = SimulatedCamera(tmp_path / "spool", seed=3)
    await camera.hold_up(phone_with_text("CP1:HELLO"), View(), frames=2, interval_ms=1)
    await camera.show_nothing(frames=1, interval_ms=1)
    paths = sorted((tmp_path / "spool").iterdir())
    assert [path.name for path in paths] == [f"frame-{n:08d}.png" for n in (1, 2, 3)]
    frame = cv2.imread(str(paths[0]), cv2.IMREAD_GRAYSCALE)
    assert frame is not None
    assert frame.shape == (FRAME_HEIGHT_PX, FRAME_WIDTH_PX)
