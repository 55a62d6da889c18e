"""The newest picture for a technician: small, with the corners of the codes in it.

Made only when somebody asks; the gate's own look at the picture is not touched by it.
"""

from typing import Final, TypeAlias

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

from access_core.devices.ports import CameraView, SeenCode
from device_drivers.qr_camera.codec import DecodeResult
from device_drivers.qr_camera.transport import Frame

Grey: TypeAlias = NDArray[np.uint8]
Corners: TypeAlias = tuple[tuple[int, int], ...]
"""Of one code, x and y in pixels."""

LONGEST_SIDE_PX: Final = 640
JPEG_QUALITY: Final = 75
MOST_CODES: Final = 8

READ: Final = "read"
UNREAD: Final = "seen, but not decoded; check focus, light and distance"
_QR: Final = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCodeModel2])


def view_of(frame: Frame, latest: DecodeResult | None) -> CameraView:
    """`frame` as a JPEG of at most 640 pixels; `latest` is what the gate's own look at it gave."""
    factor = min(1.0, LONGEST_SIDE_PX / max(frame.picture.shape))
    small = np.asarray(
        cv2.resize(frame.picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA),
        np.uint8,
    )
    _, jpeg = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    height, width = small.shape
    return CameraView(
        at=frame.at,
        jpeg=jpeg.tobytes(),
        width=width,
        height=height,
        codes=_codes(frame.picture, factor, latest),
    )


def _codes(picture: Grey, factor: float, latest: DecodeResult | None) -> tuple[SeenCode, ...]:
    found = zxingcpp.read_barcodes(
        picture, formats=_QR, try_rotate=False, try_downscale=True, return_errors=True
    )
    rescued = UNREAD
    if latest is not None and latest.payloads:
        rescued = f"read by the step {latest.stages[-1]}"
    codes: list[SeenCode] = []
    for code in sorted(found, key=lambda code: not code.valid):  # those that were read first
        corners = _corners(code.position, factor)
        if not any(_is_same(corners, known.corners) for known in codes):
            codes.append(SeenCode(corners=corners, outcome=READ if code.valid else rescued))
    return tuple(codes[:MOST_CODES])


def _is_same(some: Corners, others: Corners) -> bool:
    """Whether the middle of one code lies within the other: the same one, tried in two sizes."""
    x, y = (sum(along) / len(some) for along in zip(*some, strict=True))
    xs, ys = zip(*others, strict=True)
    return bool(min(xs) <= x <= max(xs) and min(ys) <= y <= max(ys))


def _corners(position: zxingcpp.Position, factor: float) -> Corners:
    points = (position.top_left, position.top_right, position.bottom_right, position.bottom_left)
    return tuple((round(point.x * factor), round(point.y * factor)) for point in points)
