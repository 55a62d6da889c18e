"""Picture files given to the technician's command."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from access_core.errors import DeviceUnavailable
from device_drivers.qr_camera.still_image import decode_image_file, images_under
from device_drivers.system_clock import SystemClock
from simulators.qr_camera import code_picture

CLOCK = SystemClock()


@pytest.mark.parametrize("ending", ["png", "jpg", "webp", "bmp", "pgm", "tif"])
def test_every_picture_format_is_read(tmp_path: Path, ending: str) -> None:
    """The text of the code comes out of each format."""
    path = tmp_path / f"code.{ending}"
    cv2.imwrite(str(path), code_picture("CP1:HELLO"))
    assert decode_image_file(path, CLOCK).texts == ("CP1:HELLO",)


def test_a_tiny_and_a_huge_picture_are_read(tmp_path: Path) -> None:
    """One pixel a module and forty are both read."""
    for module_px in (1, 40):
        path = tmp_path / f"{module_px}.png"
        cv2.imwrite(str(path), code_picture("CP1:HELLO", module_px=module_px))
        assert decode_image_file(path, CLOCK).payloads == (b"CP1:HELLO",)


def test_a_long_code_is_read_whole(tmp_path: Path) -> None:
    """Here, unlike at the gate, length does not matter."""
    path = tmp_path / "long.png"
    cv2.imwrite(str(path), code_picture("A" * 1_500, module_px=4))
    assert decode_image_file(path, CLOCK).payloads == (b"A" * 1_500,)


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n" + bytes(20), bytes(300)])
def test_what_is_no_picture_is_named(tmp_path: Path, content: bytes) -> None:
    """Empty, foreign and broken files are refused in words, with their name."""
    path = tmp_path / "broken.png"
    path.write_bytes(content)
    with pytest.raises(DeviceUnavailable, match=r"broken\.png: not a picture"):
        decode_image_file(path, CLOCK)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """A path that is not there is refused in words."""
    with pytest.raises(DeviceUnavailable, match=r"none\.png: cannot be read"):
        decode_image_file(tmp_path / "none.png", CLOCK)


def test_folders_are_looked_through(tmp_path: Path) -> None:
    """Pictures in and below a folder are found, sorted; other files are not."""
    (tmp_path / "b").mkdir()
    for name in ("c.PNG", "a.jpg", "b/d.webp", "notes.txt"):
        (tmp_path / name).write_bytes(b"")
    names = [str(path.relative_to(tmp_path)) for path in images_under([tmp_path])]
    assert names == ["a.jpg", "b/d.webp", "c.PNG"]
    single = tmp_path / "notes.txt"
    assert images_under([single]) == [single]


def test_a_picture_without_a_code_gives_nothing(tmp_path: Path) -> None:
    """All steps are tried, and nothing is read."""
    path = tmp_path / "empty.png"
    cv2.imwrite(str(path), np.full((120, 160), 128, np.uint8))
    result = decode_image_file(path, CLOCK)
    assert result.payloads == ()
    assert len(result.stages) > 5
