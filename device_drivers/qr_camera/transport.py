"""Where frames come from: a camera, an address, a video file, or a folder of pictures.

A source is read from its own thread. `next_frame()` may wait, but never longer than about a
second, so that the thread can be ended.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Protocol, TypeAlias
from urllib.parse import unquote, urlsplit

import cv2
import numpy as np
from numpy.typing import NDArray

from access_core.clock import Clock, Instant
from access_core.errors import DeviceUnavailable
from device_drivers.qr_camera.settings import QrCameraSettings
from device_drivers.qr_camera.still_image import PICTURE_ENDINGS

Grey: TypeAlias = NDArray[np.uint8]

ADDRESSES = ("rtsp://", "rtsps://", "http://", "https://", "file://")
SPOOL = "spool:"

OPEN_MS, READ_MS = 5_000, 1_000
"""Longest waits for a network camera to answer and for its next frame, ms."""

FILE_FRAMES_PER_S = 25.0
"""Speed of a video file that does not tell its own."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame as a source gave it."""

    at: Instant
    """When it was complete here."""
    picture: Grey
    is_fresh: bool
    """False if it may be from before the source was opened."""


class FrameSource(Protocol):
    """An open source of frames, for one thread."""

    @property
    def is_quiet_when_idle(self) -> bool:
        """True if no frames is no fault: nobody puts pictures into the folder."""
        ...

    def next_frame(self) -> Frame | None:
        """The newest frame not yet given, or None if there was none for a moment.

        Raises:
            DeviceUnavailable: The source has gone.
        """
        ...

    def close(self) -> None:
        """Give the device back."""
        ...


def open_source(settings: QrCameraSettings, clock: Clock) -> FrameSource:
    """The source that `settings` name, opened; may take seconds.

    Raises:
        DeviceUnavailable: It cannot be opened; the message says what to check.
    """
    if settings.source.startswith(SPOOL):
        return SpoolSource(settings, clock)
    return CameraSource(settings, clock)


class CameraSource:
    """A V4L2 device, network camera or video file, read by OpenCV."""

    is_quiet_when_idle = False

    def __init__(self, settings: QrCameraSettings, clock: Clock) -> None:
        """Open it.

        Raises:
            DeviceUnavailable: As `open_source`.
        """
        self._clock = clock
        self._name = settings.source
        self._pause = Event()
        self._frame_s = 0.0
        if settings.source.startswith(ADDRESSES):
            self._capture = self._open_address(settings.source)
        else:
            self._capture = self._open_device(settings)

    def next_frame(self) -> Frame | None:
        """The next frame; waits for it."""
        if self._frame_s:
            self._pause.wait(self._frame_s)
        got, picture = self._capture.read()
        if not got:
            raise DeviceUnavailable(
                f"{self._name}: no frame; check the cable, the camera's power and its address"
            )
        return Frame(self._clock.now(), _grey(np.asarray(picture, np.uint8)), is_fresh=True)

    def close(self) -> None:
        """Give the camera back."""
        self._capture.release()

    def _open_address(self, address: str) -> cv2.VideoCapture:
        is_file = address.startswith("file://")
        target = unquote(urlsplit(address).path) if is_file else address
        limits = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, OPEN_MS, cv2.CAP_PROP_READ_TIMEOUT_MSEC, READ_MS]
        capture = cv2.VideoCapture(target, cv2.CAP_FFMPEG, limits)
        if not capture.isOpened():
            cure = "check the path" if is_file else "check address, account and network"
            raise DeviceUnavailable(f"{_without_account(address)}: cannot be opened; {cure}")
        self._name = _without_account(address)
        if is_file:
            self._frame_s = 1 / (capture.get(cv2.CAP_PROP_FPS) or FILE_FRAMES_PER_S)
        return capture

    def _open_device(self, settings: QrCameraSettings) -> cv2.VideoCapture:
        source = settings.source
        device = Path(f"/dev/video{source}" if source.isdecimal() else source)
        if not device.exists():
            raise DeviceUnavailable(
                f"{device}: no such camera; check the cable and compare with /dev/v4l/by-id"
            )
        if not os.access(device, os.R_OK | os.W_OK):
            raise DeviceUnavailable(
                f"{device}: not permitted; add this service's account to the group `video`"
            )
        capture = cv2.VideoCapture(str(device), cv2.CAP_V4L2)
        if not capture.isOpened():
            raise DeviceUnavailable(
                f"{device}: cannot be opened as a camera; end other programs that use it"
            )
        # Newest frame wins, so one buffer is enough; the Y plane of YUYV is the grey picture,
        # where MJPEG would cost more to unpack than the code costs to read.
        capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
        capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"YUYV"))
        capture.set(cv2.CAP_PROP_FRAME_WIDTH, settings.width_px)
        capture.set(cv2.CAP_PROP_FRAME_HEIGHT, settings.height_px)
        return capture


class SpoolSource:
    """A folder into which somebody puts pictures, each whole (written aside, then renamed).

    The newest picture wins; what it overtook is not looked at. Pictures that lay there before
    the folder was opened are given too, but not as fresh.
    """

    is_quiet_when_idle = True

    def __init__(self, settings: QrCameraSettings, clock: Clock) -> None:
        """Look into the folder for the first time.

        Raises:
            DeviceUnavailable: There is no such folder.
        """
        self._clock = clock
        self._folder = Path(settings.source.removeprefix(SPOOL))
        self._remove = settings.spool_remove
        self._poll_s = settings.spool_poll_ms / 1000
        self._pause = Event()
        self._newest_given = (0, "")
        self._old = {(stamp, path.name) for stamp, path in self._pictures()}

    def next_frame(self) -> Frame | None:
        """The newest picture not yet given; None if there is none for one poll."""
        waiting = [(s, path) for s, path in self._pictures() if (s, path.name) > self._newest_given]
        if not waiting:
            self._pause.wait(self._poll_s)
            return None
        stamp, newest = max(waiting)
        self._newest_given = (stamp, newest.name)
        at = self._clock.now()
        picture = _read_picture(newest)
        if self._remove:
            for _, path in waiting:
                path.unlink(missing_ok=True)
        if picture is None:
            return None
        return Frame(at, picture, is_fresh=(stamp, newest.name) not in self._old)

    def close(self) -> None:
        """Nothing is held."""

    def _pictures(self) -> list[tuple[int, Path]]:
        """(time of change in ns, path) of each picture; one taken away meanwhile is left out."""
        found: list[tuple[int, Path]] = []
        try:
            with os.scandir(self._folder) as entries:
                for entry in entries:
                    path = Path(entry.path)
                    if path.suffix.lower() in PICTURE_ENDINGS and not entry.name.startswith("."):
                        found.append((entry.stat().st_mtime_ns, path))
        except FileNotFoundError as error:
            if not self._folder.is_dir():
                raise DeviceUnavailable(
                    f"{self._folder}: no such folder; check `source` in the settings"
                ) from error
        except (NotADirectoryError, PermissionError) as error:
            raise DeviceUnavailable(
                f"{self._folder}: not a folder this service may read; check `source`"
            ) from error
        return found


def _read_picture(path: Path) -> Grey | None:
    """The picture, grey; None if it was taken away or is none."""
    try:
        data = np.frombuffer(path.read_bytes(), np.uint8)
        picture = cv2.imdecode(data, cv2.IMREAD_GRAYSCALE) if data.size else None
    except (OSError, cv2.error):
        return None
    return None if picture is None else np.asarray(picture, np.uint8)


def _grey(picture: Grey) -> Grey:
    if picture.ndim == 2:  # noqa: PLR2004 - rows and columns, no colours
        return picture
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8)


def _without_account(address: str) -> str:
    """`address` without user name and password, for messages."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
