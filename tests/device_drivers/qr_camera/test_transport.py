"""Where frames come from."""

import os
from pathlib import Path

import cv2
import numpy as np
import pytest

from access_core.errors import DeviceUnavailable
from device_drivers.qr_camera.settings import QrCameraSettings
from device_drivers.qr_camera.transport import open_source
from device_drivers.system_clock import SystemClock
from simulators.qr_camera import SimulatedCamera

CLOCK = SystemClock()


def shade(level: int) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    """A small picture of one grey level."""
    return np.full((48, 64), level, np.uint8)


def of_folder(folder: Path, *, remove: bool = True) -> QrCameraSettings:
    """Settings for a folder of frames."""
    return QrCameraSettings(source=f"spool:{folder}", spool_remove=remove, spool_poll_ms=5)


def test_the_newest_picture_wins_and_the_rest_is_taken_away(tmp_path: Path) -> None:
    """Of several pictures the newest is given; all are removed; then there is none."""
    source = open_source(of_folder(tmp_path), CLOCK)
    camera = SimulatedCamera(tmp_path)
    for level in (10, 20, 30):
        camera.show(shade(level))
    frame = source.next_frame()
    assert frame is not None
    assert frame.picture[0, 0] == 30
    assert frame.is_fresh
    assert list(tmp_path.iterdir()) == []
    assert source.next_frame() is None


def test_pictures_may_be_left_where_they_are(tmp_path: Path) -> None:
    """With `spool_remove = false` each picture is given once and stays."""
    source = open_source(of_folder(tmp_path, remove=False), CLOCK)
    SimulatedCamera(tmp_path).show(shade(10))
    assert source.next_frame() is not None
    assert source.next_frame() is None
    assert len(list(tmp_path.iterdir())) == 1


def test_half_written_hidden_and_broken_files_are_no_frames(tmp_path: Path) -> None:
    """What is not a whole picture is passed over without an exception."""
    source = open_source(of_folder(tmp_path), CLOCK)
    for name in ("frame.part", ".hidden.png", "notes.txt", "broken.png"):
        (tmp_path / name).write_bytes(b"not a picture")
    assert source.next_frame() is None


def test_pictures_of_one_moment_are_in_order_of_name(tmp_path: Path) -> None:
    """Two pictures with the same time: the later name is the newer."""
    source = open_source(of_folder(tmp_path), CLOCK)
    for name, level in (("b.png", 20), ("a.png", 10)):
        cv2.imwrite(str(tmp_path / name), shade(level))
        os.utime(tmp_path / name, ns=(5, 5))
    frame = source.next_frame()
    assert frame is not None
    assert frame.picture[0, 0] == 20


def test_a_folder_that_vanishes_is_a_lost_device(tmp_path: Path) -> None:
    """Folder gone: the message names it and the setting."""
    folder = tmp_path / "spool"
    folder.mkdir()
    source = open_source(of_folder(folder), CLOCK)
    folder.rmdir()
    with pytest.raises(DeviceUnavailable, match="no such folder; check `source`"):
        source.next_frame()


def test_a_video_file_is_played_to_its_end(tmp_path: Path) -> None:
    """Frames of a file come grey and one after the other; its end is a lost device."""
    path = tmp_path / "gate.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 100.0, (64, 48))
    for level in (40, 80, 120):
        writer.write(cv2.cvtColor(shade(level), cv2.COLOR_GRAY2BGR))
    writer.release()
    source = open_source(QrCameraSettings(source=f"file://{path}"), CLOCK)
    levels = []
    for _ in range(3):
        frame = source.next_frame()
        assert frame is not None
        levels.append(int(frame.picture.mean()))
    assert levels == pytest.approx([40, 80, 120], abs=4)
    with pytest.raises(DeviceUnavailable, match="no frame; check the cable"):
        source.next_frame()
    source.close()


def test_an_account_in_an_address_is_not_told() -> None:
    """Messages never contain the password of a network camera."""
    address = "rtsp://guard:secret@127.0.0.1:9/stream"
    with pytest.raises(DeviceUnavailable) as lost:
        open_source(QrCameraSettings(source=address), CLOCK)
    assert "secret" not in str(lost.value)
    assert "rtsp://127.0.0.1:9/stream: cannot be opened" in str(lost.value)


def test_a_file_that_is_no_camera_is_refused(tmp_path: Path) -> None:
    """A device path that is no camera is refused in words."""
    path = tmp_path / "video0"
    path.write_bytes(b"")
    with pytest.raises(DeviceUnavailable, match="cannot be opened as a camera"):
        open_source(QrCameraSettings(source=str(path)), CLOCK)
