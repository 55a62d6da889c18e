"""The pictures that the decoder chain tries when the plain one gives nothing.

The order and the numbers were measured (2026-11) on public sets and the simulated gate set:
closing and opening for cracks, halving for smears along the code, softening for grain in low
light, Wiener filters for defocus, small codes and motion, equalizing for glare, gamma for bright
surroundings, zbar for cracked glass.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

from device_drivers.qr_camera.codec import Symbol
from device_drivers.qr_camera.refocus import Filter, against_defocus, against_motion
from device_drivers.qr_camera.zbar_process import ZbarProcess

# OpenCV writes remarks of its own to standard error; what matters is told by who calls it.
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)

Grey: TypeAlias = NDArray[np.uint8]
"""A grey picture, rows by columns, 0 black to 255 white."""

REGION_SIDE_PX = 384
"""Side of the region looked at when nothing was recognized: a phone's width at 20 cm."""

REGION_LONGEST_PX = 512
"""A larger cut-out is made smaller: its code is large enough, and steps enlarge it again."""

LEAST_SIDE_PX = 32
"""A smaller cut-out holds no code: the smallest has 21 modules."""

BUSY_DENSITY = 3.0
"""Mean edge strength of a quarter-size picture that a code exceeds, grey levels a pixel."""

_STRONGEST_EDGE = 40
"""Stronger edges count as this strong: one bright border is not a code."""

_WINDOW = 49
"""Side of the averaging window on the quarter-size picture, pixels."""

SMEARS_PX = (6.0, 9.0)
"""Lengths of the smears that are undone: one to two modules of a code in a moving hand."""

REGION_MARGIN = 0.45
"""How much of a symbol's size is added on each side of it."""


_QR = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCodeModel2])
"""Without Micro and rMQR codes, which no pass uses: 13 % faster."""

_ANY_QR = zxingcpp.BarcodeFormats(
    [zxingcpp.BarcodeFormat.QRCodeModel2, zxingcpp.BarcodeFormat.QRCodeModel1]
)


@dataclass(frozen=True, slots=True)
class Step:
    """One way to look at a picture again."""

    name: str
    read: Callable[[Grey], list[Symbol]]
    cost: float
    """Time it takes, as a multiple of the plain step on the same picture."""


@dataclass(frozen=True, slots=True)
class PlainRead:
    """What the first step found."""

    symbols: list[Symbol]
    regions: list[Grey]
    """Cut-outs around symbols that were seen but not decoded."""


def read_plain(picture: Grey) -> PlainRead:
    """Read with zxing-cpp, and cut out what it saw but could not decode."""
    seen = zxingcpp.read_barcodes(
        picture,
        formats=_QR,
        try_rotate=False,
        try_downscale=True,
        try_invert=True,
        text_mode=zxingcpp.TextMode.Plain,
        return_errors=True,
    )
    regions = [_cut_out(picture, code.position) for code in seen if not code.valid]
    return PlainRead(
        symbols=[_symbol(code) for code in seen if code.valid],
        regions=[region for region in regions if min(region.shape) >= LEAST_SIDE_PX],
    )


def fit(picture: Grey, longest_side_px: int) -> Grey:
    """`picture`, made smaller if its longest side exceeds `longest_side_px`."""
    longest = max(picture.shape)
    if longest <= longest_side_px:
        return picture
    factor = longest_side_px / longest
    smaller = cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    return np.asarray(smaller, np.uint8)


def unsharp(picture: Grey, sigma: float, amount: float) -> Grey:
    """`picture` with its edges raised."""
    soft = cv2.GaussianBlur(picture, (0, 0), sigma)
    return np.asarray(cv2.addWeighted(picture, 1 + amount, soft, -amount, 0), np.uint8)


def twice_the_size(picture: Grey) -> Grey:
    """`picture` enlarged, smoothly."""
    return _enlarged(picture, 2)


def _enlarged(picture: Grey, times: int) -> Grey:
    if times == 1:
        return picture
    larger = cv2.resize(picture, None, fx=times, fy=times, interpolation=cv2.INTER_CUBIC)
    return np.asarray(larger, np.uint8)


def _gamma_table(gamma: float) -> Grey:
    levels = np.arange(256) / 255
    return np.asarray(np.round(levels**gamma * 255), np.uint8)


_BRIGHTER, _DARKER = _gamma_table(0.4), _gamma_table(2.5)


def _gamma(picture: Grey, table: Grey) -> Grey:
    return np.asarray(cv2.LUT(picture, table), np.uint8)


def _threshold(picture: Grey) -> Grey:
    black_white = cv2.adaptiveThreshold(
        picture, 255, cv2.ADAPTIVE_THRESH_GAUSSIAN_C, cv2.THRESH_BINARY, 51, 0
    )
    return np.asarray(black_white, np.uint8)


def _softened(picture: Grey) -> Grey:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), 1.0), np.uint8)


def _much_softened(picture: Grey) -> Grey:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), 2.5), np.uint8)


def _halved(picture: Grey) -> Grey:
    """Black and white, parted midway between the dark and the light of the middle.

    A smear leaves grey between the modules that a threshold of each place's own takes for edges.
    """
    rows, columns = picture.shape
    middle = picture[rows // 4 : rows - rows // 4 : 4, columns // 4 : columns - columns // 4 : 4]
    dark, light = np.percentile(middle, (5, 95))
    _, halved = cv2.threshold(picture, (dark + light) / 2, 255, cv2.THRESH_BINARY)
    return np.asarray(halved, np.uint8)


_THREE, _FIVE = np.ones((3, 3), np.uint8), np.ones((5, 5), np.uint8)


def _closed(picture: Grey) -> Grey:
    """Without thin dark lines, as cracks are."""
    return np.asarray(cv2.morphologyEx(picture, cv2.MORPH_CLOSE, _THREE), np.uint8)


def _opened(picture: Grey) -> Grey:
    """Without thin light lines."""
    return np.asarray(cv2.morphologyEx(picture, cv2.MORPH_OPEN, _FIVE), np.uint8)


def _thickened(picture: Grey) -> Grey:
    """With all that is dark made thicker: light cracks and bright screens eat into it."""
    return np.asarray(cv2.erode(picture, _FIVE), np.uint8)


def _equalized(picture: Grey) -> Grey:
    return np.asarray(cv2.createCLAHE(clipLimit=3.0, tileGridSize=(8, 8)).apply(picture), np.uint8)


def _symbol(code: zxingcpp.Barcode) -> Symbol:
    return Symbol(bytes(code.bytes), code.text)


def _read(picture: Grey) -> list[Symbol]:
    plain = zxingcpp.TextMode.Plain
    codes = zxingcpp.read_barcodes(picture, formats=_QR, try_rotate=False, text_mode=plain)
    return [_symbol(code) for code in codes]


def read_any_model(picture: Grey) -> list[Symbol]:
    """Read codes of the first QR model too, as old pictures show; no pass is one."""
    plain = zxingcpp.TextMode.Plain
    codes = zxingcpp.read_barcodes(picture, formats=_ANY_QR, text_mode=plain)
    return [_symbol(code) for code in codes]


def _against(blur: Filter, times: int = 1) -> Callable[[Grey], list[Symbol]]:
    return lambda picture: _read(_enlarged(blur(picture), times))


REGION_STEPS: tuple[Step, ...] = (
    Step("region closed", lambda p: _read(_closed(p)), 0.3),
    Step("region unsharp", lambda p: _read(unsharp(p, 3, 4)), 0.8),
    Step("region halved", lambda p: _read(_halved(p)), 0.5),
    Step("region refocused 2.5", _against(against_defocus(2.5, 0.001)), 1),
    Step("region softened", lambda p: _read(_softened(p)), 0.3),
    Step("region refocused 1.1", _against(against_defocus(1.1, 0.01), 2), 1.5),
    Step("region refocused boldly", _against(against_defocus(3.5, 0.0001)), 1),
    Step("region thickened", lambda p: _read(_thickened(_enlarged(p, 2))), 0.8),
    Step("region refocused 4.5", _against(against_defocus(4.5, 0.0001)), 1),
    Step("region refocused 2", _against(against_defocus(2, 0.03), 2), 1.5),
    Step("region refocused 3.5", _against(against_defocus(3.5, 0.0003)), 1),
    Step("region refocused 5.5", _against(against_defocus(5.5, 0.0001)), 1),
    Step("region steadied down", _against(against_motion(7, 90)), 1),
    Step("region steadied across", _against(against_motion(7, 0)), 1),
    Step("region steadied far down", _against(against_motion(10, 90)), 1),
    Step("region steadied far across", _against(against_motion(10, 0)), 1),
    Step("region opened", lambda p: _read(_opened(_enlarged(p, 2))), 0.8),
    Step("region equalized", lambda p: _read(_enlarged(_equalized(p), 2)), 1.2),
    Step("region refocused large", _against(against_defocus(1, 0.02), 3), 2),
    Step("region much softened", lambda p: _read(_much_softened(_enlarged(p, 2))), 1.5),
    Step("region refocused 3", _against(against_defocus(3, 0.0003)), 1),
)
"""Tried in order on each cut-out: first what reads most that nothing before it reads, in the
least time (measured 2026-11 on the simulated gate set)."""


def _steadied(length_px: float, degrees: int) -> Step:
    steady = against_motion(length_px, degrees)
    return Step(f"region steadied {length_px:g} px {degrees}", _against(steady), 1)


STEADY_STEPS: tuple[Step, ...] = tuple(
    _steadied(length_px, degrees)
    for degrees in (20, 45, 70, 110, 135, 160)
    for length_px in SMEARS_PX
)
"""Against smears in other directions than the code's own; a third of them per frame, in turn."""

FRAME_STEPS: tuple[Step, ...] = (
    Step("unsharp", lambda p: _read(unsharp(p, 2, 3)), 4),
    Step("brighter", lambda p: _read(_gamma(p, _BRIGHTER)), 1.5),
    Step("darker", lambda p: _read(_gamma(p, _DARKER)), 1.5),
    Step("threshold", lambda p: _read(_threshold(p)), 8.5),
)
"""One of them, or zbar, per frame, in turn."""

ZBAR_COST = 6.0
"""Cost of zbar on a picture of `ZBAR_SIDE_PX`; its process is ended if it takes much longer."""

ZBAR_SIDE_PX = 640
"""Longest side of a picture given to zbar: at 1280 it takes 20 ms, at 640 a quarter."""


def zbar_step(zbar: ZbarProcess) -> Step:
    """The step that asks `zbar`."""

    def read(picture: Grey) -> list[Symbol]:
        payloads = zbar.read(fit(picture, ZBAR_SIDE_PX))
        return [Symbol(payload, payload.decode(errors="replace")) for payload in payloads]

    return Step("zbar", read, ZBAR_COST)


def _cut_out(picture: Grey, position: zxingcpp.Position) -> Grey:
    corners = (position.top_left, position.top_right, position.bottom_right, position.bottom_left)
    columns = [corner.x for corner in corners]
    rows = [corner.y for corner in corners]
    margin_x = round((max(columns) - min(columns)) * REGION_MARGIN)
    margin_y = round((max(rows) - min(rows)) * REGION_MARGIN)
    top, left = max(min(rows) - margin_y, 0), max(min(columns) - margin_x, 0)
    cut = picture[top : max(rows) + margin_y, left : max(columns) + margin_x]
    return fit(np.ascontiguousarray(cut), REGION_LONGEST_PX)


def busiest_region(picture: Grey) -> Grey | None:
    """The square of `picture` with most edges in both directions, as a code has; None if calm.

    Where a code was not even recognized as one, this is where it is.
    """
    if min(picture.shape) < 4 * _WINDOW:
        return None
    small = np.asarray(cv2.resize(picture, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA))
    across = cv2.absdiff(small[1:, 1:], small[1:, :-1])
    down = cv2.absdiff(small[1:, 1:], small[:-1, 1:])
    both = cv2.min(cv2.min(across, down), np.full_like(across, _STRONGEST_EDGE))
    density = cv2.boxFilter(both, cv2.CV_32F, (_WINDOW, _WINDOW))
    _, highest, _, (column, row) = cv2.minMaxLoc(density)
    if highest < BUSY_DENSITY:
        return None
    height, width = picture.shape
    top = max(0, min(row * 4 - REGION_SIDE_PX // 2, height - REGION_SIDE_PX))
    left = max(0, min(column * 4 - REGION_SIDE_PX // 2, width - REGION_SIDE_PX))
    cut = picture[top : top + REGION_SIDE_PX, left : left + REGION_SIDE_PX]
    return np.ascontiguousarray(cut)
