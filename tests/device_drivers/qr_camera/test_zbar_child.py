"""What the zbar process answers. Needs libzbar0, which `make setup` installs."""

import numpy as np

from device_drivers.qr_camera.zbar_child import MOST, encode_answer, payloads_in
from simulators.qr_camera import code_picture


def test_a_code_is_read() -> None:
    """The payload of a good code comes back."""
    picture = code_picture("CP1:HELLO")
    rows, columns = picture.shape
    assert payloads_in(picture.tobytes(), columns, rows) == [b"CP1:HELLO"]


def test_many_codes_give_a_bounded_answer() -> None:
    """A sheet of codes fits the one-byte count."""
    codes = [code_picture(f"CP1:{number}", module_px=4) for number in range(12)]
    sheet = np.vstack([np.hstack(codes[row : row + 4]) for row in (0, 4, 8)])
    rows, columns = sheet.shape
    assert len(payloads_in(sheet.tobytes(), columns, rows)) == MOST


def test_the_answer_is_counted_and_measured() -> None:
    """Count, then length and bytes of each payload."""
    assert encode_answer([b"AB", b""]) == b"\x02\x00\x02AB\x00\x00"
