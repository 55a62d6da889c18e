"""`edge-agent decode`: QR codes in image files, read as the camera driver reads them."""

import sys
from pathlib import Path

from access_core.errors import AccessControlError
from device_drivers.qr_camera.still_image import decode_image_file, images_under
from device_drivers.qr_camera.zbar_process import ZbarProcess
from device_drivers.system_clock import SystemClock

_ZBAR_START_MS = 2_000


def decode_images(paths: list[Path]) -> bool:
    r"""Print `file<TAB>payloads<TAB>milliseconds` for each; False if one cannot be read.

    Several payloads are joined by ` | `, each as text in the character set that its code names
    or seems to use.
    """
    clock, is_all_read = SystemClock(), True
    missing = [path for path in paths if not path.exists()]
    for path in missing:
        print(f"{path}: there is no such file or folder", file=sys.stderr)
    with ZbarProcess(clock) as zbar:
        zbar.wait_until_ready(_ZBAR_START_MS)
        for path in images_under([path for path in paths if path not in missing]):
            try:
                result = decode_image_file(path, clock, zbar)
            except AccessControlError as error:
                print(error, file=sys.stderr)
                is_all_read = False
                continue
            payloads = " | ".join(in_one_line(text) for text in result.texts)
            print(f"{path}\t{payloads}\t{result.elapsed_ms:.1f}", flush=True)
    return is_all_read and not missing


def in_one_line(text: str) -> str:
    """`text` with its control characters escaped."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
