"""A simulated camera at the gate: phones seen in 1280x720 grey frames, written into a folder.

The code on the phone is drawn by segno, or the phone shows the pixels of a real page. What the
camera makes of it (angle, blur, glare, dim light, compression) is drawn from a seeded generator.
"""

import asyncio
import itertools
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import cv2
import numpy as np
import segno
from numpy.typing import NDArray

Grey: TypeAlias = NDArray[np.uint8]
"""A grey picture, rows by columns, 0 black to 255 white."""

FRAME_WIDTH_PX, FRAME_HEIGHT_PX = 1280, 720
SCREEN_WIDTH_PX, SCREEN_HEIGHT_PX = 780, 1688
"""A common phone screen, 390 by 844 points at two pixels each."""
BEZEL_PX = 24
REFLECTED = 22.0
"""What a screen's glass reflects of a lit hall, grey levels."""
QUIET_MODULES = 4
CODE_SHARE = 0.84
"""Width of the code with its quiet zone, as a share of the screen's width."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """How the camera sees the phone. The defaults are a good view."""

    phone_width_px: float = 320.0
    """Width of the phone in the frame; 320 is a phone 20 cm before a 70 degree lens."""
    tilt: float = 0.0
    """Perspective: how much shorter the far side of the code is than the near one, 0 to 0.6."""
    turn_deg: float = 0.0
    shift_px: float = 0.0
    """How far from the middle of the frame, at most, in a direction drawn at random."""
    blur_px: float = 0.0
    """Standard deviation of the defocus."""
    motion_px: float = 0.0
    """Length of the smear, in a direction drawn at random."""
    glare: float = 0.0
    """Strength of a light reflected by the glass, 0 to 1."""
    light: float = 1.0
    """Brightness of the whole frame: below 1 dim, above 1 overexposed."""
    screen_light: float = 1.0
    """Brightness of the screen alone, before glass that reflects the surroundings."""
    dark_mode: bool = False
    """The page shows the code light on dark."""
    cracks: int = 0
    """Cracks across the glass."""
    thumb: float = 0.0
    """Share of the code's width that a thumb covers at one corner, 0 to 0.25."""
    moire: float = 0.0
    """Strength of the pattern between screen and sensor, 0 to 1."""
    noise: float = 2.0
    """Standard deviation of the sensor's noise, grey levels."""
    jpeg_quality: int = 80


def code_picture(text: str, *, error: str = "m", module_px: int = 8) -> Grey:
    """A clean QR code of `text`, black on white, with its quiet zone."""
    code = segno.make(text, error=error, micro=False, boost_error=False)
    modules = np.array([[1 - bit for bit in row] for row in code.matrix], dtype=np.uint8) * 255
    framed = np.pad(modules, QUIET_MODULES, constant_values=255)
    return np.asarray(np.kron(framed, np.ones((module_px, module_px), np.uint8)), np.uint8)


def phone_with_text(text: str) -> Grey:
    """A phone showing a simple page with a QR code of `text`."""
    screen = np.full((SCREEN_HEIGHT_PX, SCREEN_WIDTH_PX), 245, np.uint8)
    side = round(SCREEN_WIDTH_PX * CODE_SHARE)
    code = cv2.resize(code_picture(text), (side, side), interpolation=cv2.INTER_AREA)
    top, left = (SCREEN_HEIGHT_PX - side) // 2, (SCREEN_WIDTH_PX - side) // 2
    screen[top : top + side, left : left + side] = code
    for line, width in enumerate((300, 480, 420)):
        cv2.rectangle(screen, (60, 160 + 60 * line), (60 + width, 190 + 60 * line), 70, -1)
    return _in_a_case(screen)


def phone_with_pixels(png: bytes) -> Grey:
    """A phone showing a screenshot.

    Raises:
        ValueError: `png` is not a picture.
    """
    screen = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_GRAYSCALE)
    if screen is None:
        raise ValueError("the screenshot is not a picture that can be read")
    height = round(SCREEN_WIDTH_PX * screen.shape[0] / screen.shape[1])
    size = (SCREEN_WIDTH_PX, min(height, SCREEN_HEIGHT_PX))
    fitted = cv2.resize(screen, (SCREEN_WIDTH_PX, height), interpolation=cv2.INTER_AREA)
    return _in_a_case(np.asarray(fitted[: size[1]], np.uint8))


def empty_frame(rng: np.random.Generator) -> Grey:
    """What the camera sees when nobody is there: soft shapes, straight edges, texture."""
    coarse = rng.integers(40, 190, (9, 16), dtype=np.uint8)
    scene = cv2.resize(coarse, (FRAME_WIDTH_PX, FRAME_HEIGHT_PX), interpolation=cv2.INTER_CUBIC)
    for _ in range(14):
        x, y = int(rng.integers(0, FRAME_WIDTH_PX)), int(rng.integers(0, FRAME_HEIGHT_PX))
        size = int(rng.integers(20, 260)), int(rng.integers(20, 260))
        shade = int(rng.integers(0, 256))
        cv2.rectangle(scene, (x, y), (x + size[0], y + size[1]), shade, -1)
    texture = np.asarray(rng.normal(0, 6, scene.shape), np.float32)
    soft = np.asarray(cv2.GaussianBlur(texture, (0, 0), 1.0), np.float32)
    return _as_grey(np.asarray(scene, np.float32) + soft)


def see(phone: Grey, view: View, rng: np.random.Generator) -> Grey:
    """A 1280x720 frame in which `phone` is seen as `view` says, before a drawn background."""
    background = empty_frame(rng).astype(np.float32)
    glass = _spoil_glass(phone.astype(np.float32), view, rng)
    to_frame = _placement(phone.shape, view, rng)
    size = (FRAME_WIDTH_PX, FRAME_HEIGHT_PX)
    shrink = view.phone_width_px / phone.shape[1]
    if shrink < 1:  # what a lens does before the sensor samples: no aliasing
        glass = np.asarray(cv2.GaussianBlur(glass, (0, 0), 0.35 / shrink), np.float32)
    seen = cv2.warpPerspective(glass, to_frame, size, flags=cv2.INTER_LINEAR)
    mask = cv2.warpPerspective(np.ones_like(glass), to_frame, size, flags=cv2.INTER_LINEAR)
    frame = background * (1 - mask) + seen * mask
    return _as_jpeg(_as_grey(_spoil_frame(frame, view, rng)), view.jpeg_quality)


class SimulatedCamera:
    """Writes frames into a folder, each whole or not at all, in order of name and time."""

    def __init__(self, folder: Path, *, seed: int = 1) -> None:
        """`folder` is what the driver's settings call `spool:`; made if it is missing."""
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._rng = np.random.default_rng(seed)
        self._numbers = itertools.count(1)

    def show(self, frame: Grey) -> Path:
        """Let the camera deliver `frame`; the path under which it stands."""
        done, encoded = cv2.imencode(".png", frame, [cv2.IMWRITE_PNG_COMPRESSION, 1])
        if not done:
            raise ValueError("the frame cannot be stored as a picture")
        path = self._folder / f"frame-{next(self._numbers):08d}.png"
        unfinished = path.with_suffix(".part")
        unfinished.write_bytes(encoded.tobytes())
        unfinished.rename(path)
        return path

    async def hold_up(
        self, phone: Grey, view: View, *, frames: int = 8, interval_ms: int = 60
    ) -> None:
        """Somebody holds `phone` before the camera for `frames` frames, each a little different."""
        for _ in range(frames):
            self.show(await asyncio.to_thread(see, phone, view, self._rng))
            await asyncio.sleep(interval_ms / 1000)

    async def show_nothing(self, *, frames: int = 1, interval_ms: int = 60) -> None:
        """Nobody is there for `frames` frames."""
        for _ in range(frames):
            self.show(await asyncio.to_thread(empty_frame, self._rng))
            await asyncio.sleep(interval_ms / 1000)


def _in_a_case(screen: Grey) -> Grey:
    return np.asarray(np.pad(screen, BEZEL_PX, constant_values=18), np.uint8)


def _spoil_glass(
    phone: NDArray[np.float32], view: View, rng: np.random.Generator
) -> NDArray[np.float32]:
    height, width = phone.shape
    glass = phone.copy()
    if view.dark_mode:
        inner = glass[BEZEL_PX:-BEZEL_PX, BEZEL_PX:-BEZEL_PX]
        inner[:] = 255 - inner
    if view.screen_light < 1:
        glass = glass * view.screen_light + REFLECTED
    for _ in range(view.cracks):
        points = np.cumsum(rng.normal(0, width / 9, (14, 2)), axis=0) + rng.uniform(0.2, 0.8, 2) * (
            width,
            height,
        )
        thickness = int(rng.integers(3, 7))
        shade = float(rng.integers(60, 240))
        cv2.polylines(
            glass, [points.astype(np.int32)], isClosed=False, color=shade, thickness=thickness
        )
    if view.thumb:
        side = width * CODE_SHARE
        corner = (round((width + side) / 2), round((height + side) / 2))
        cv2.circle(glass, corner, round(side * view.thumb * 1.4), 120.0, -1)
    if view.moire:
        rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
        angle = rng.uniform(0, np.pi)
        wave = np.sin((rows * np.sin(angle) + columns * np.cos(angle)) * rng.uniform(0.25, 0.6))
        glass += wave * 45 * view.moire
    if view.glare:
        rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
        middle = rng.uniform(0.25, 0.75, 2) * (height, width)
        spread = width * rng.uniform(0.12, 0.25)
        light = np.exp(-((rows - middle[0]) ** 2 + (columns - middle[1]) ** 2) / (2 * spread**2))
        glass += light.astype(np.float32) * 320 * view.glare
    return np.clip(glass, 0, 255).astype(np.float32)


def _placement(shape: tuple[int, ...], view: View, rng: np.random.Generator) -> NDArray[np.float64]:
    # The square in the middle of the phone, where the code is, is put into perspective; the
    # rest of the phone follows.
    height, width = shape[:2]
    square = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) / 2
    source = square * width + (width / 2, height / 2)
    corners = square * view.phone_width_px
    side = int(rng.integers(0, 4))
    middle = (corners[side] + corners[(side + 1) % 4]) / 2
    for index in (side, (side + 1) % 4):
        corners[index] = middle + (corners[index] - middle) * (1 - view.tilt)
    turn = np.deg2rad(view.turn_deg + rng.normal(0, 1.5))
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    shift = rng.uniform(-1, 1, 2) * view.shift_px + rng.normal(0, 2, 2)
    target = corners @ rotation.T + (FRAME_WIDTH_PX / 2, FRAME_HEIGHT_PX / 2) + shift
    to_frame = cv2.getPerspectiveTransform(source.astype(np.float32), target.astype(np.float32))
    return np.asarray(to_frame, np.float64)


def _spoil_frame(
    frame: NDArray[np.float32], view: View, rng: np.random.Generator
) -> NDArray[np.float32]:
    if view.blur_px:
        frame = cv2.GaussianBlur(frame, (0, 0), view.blur_px).astype(np.float32)
    if view.motion_px >= 1:
        frame = cv2.filter2D(frame, -1, _smear(view.motion_px, rng)).astype(np.float32)
    noisy = frame * view.light + rng.normal(0, view.noise, frame.shape)
    return np.asarray(noisy, np.float32)


def _smear(length_px: float, rng: np.random.Generator) -> NDArray[np.float32]:
    size = int(np.ceil(length_px)) | 1
    kernel = np.zeros((size + 2, size + 2), np.float32)
    angle = rng.uniform(0, np.pi)
    reach = np.array([np.cos(angle), np.sin(angle)]) * length_px / 2
    middle = (size + 1) / 2
    for part in np.linspace(-1, 1, 4 * size):
        x, y = middle + reach * part
        kernel[round(y), round(x)] += 1
    return np.asarray(kernel / kernel.sum(), np.float32)


def _as_grey(frame: NDArray[np.float32]) -> Grey:
    return np.clip(frame, 0, 255).astype(np.uint8)


def _as_jpeg(frame: Grey, quality: int) -> Grey:
    done, encoded = cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, quality])
    decoded = cv2.imdecode(encoded, cv2.IMREAD_GRAYSCALE) if done else frame
    return np.asarray(decoded, np.uint8)
