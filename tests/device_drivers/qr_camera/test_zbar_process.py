"""zbar behind a time limit. Needs libzbar0, which `make setup` installs."""

import numpy as np

from device_drivers.qr_camera.decoder import QrDecoder
from device_drivers.qr_camera.zbar_process import START_AGAIN_MS, ZbarProcess
from device_drivers.system_clock import SystemClock
from simulators.qr_camera import code_picture
from tests.device_drivers.qr_camera.pictures import tiled_finders

CLOCK = SystemClock()


def test_a_code_is_read_by_the_process() -> None:
    """Picture in, payload out, several times over one process."""
    with ZbarProcess(CLOCK, answer_ms=5_000) as zbar:
        assert zbar.wait_until_ready(10_000)
        for text in ("CP1:ONE", "CP1:TWO"):
            assert zbar.read(code_picture(text)) == [text.encode()]
        assert zbar.read(np.zeros((50, 50), np.uint8)) == []


def test_while_it_starts_nothing_is_read_and_nobody_waits() -> None:
    """The first picture only starts the process."""
    with ZbarProcess(CLOCK) as zbar:
        assert zbar.read(code_picture("CP1:ONE")) == []


def test_a_picture_that_takes_too_long_ends_the_process() -> None:
    """A sheet of finder patterns is given up in time, and the process left ended for a while."""
    with ZbarProcess(CLOCK, answer_ms=20) as zbar:
        assert zbar.wait_until_ready(10_000)
        start = CLOCK.now()
        assert zbar.read(tiled_finders(6)) == []
        assert CLOCK.now().ms_since(start) < START_AGAIN_MS / 2
        assert zbar._child is None
        assert zbar.read(code_picture("CP1:ONE")) == []
        assert zbar._child is None


def test_a_process_that_dies_is_no_error() -> None:
    """Killed from outside, it reads nothing, and nothing raises."""
    with ZbarProcess(CLOCK) as zbar:
        assert zbar.wait_until_ready(10_000)
        assert zbar._child is not None
        zbar._child.kill()
        zbar._child.wait()
        assert zbar.read(code_picture("CP1:ONE")) == []


def test_the_chain_takes_it_in_turn() -> None:
    """With zbar, its step is among those of an unread scene."""
    with ZbarProcess(CLOCK) as zbar:
        decoder = QrDecoder(CLOCK, deadline_ms=1_000, zbar=zbar)
        last = {decoder.decode(np.zeros((90, 90), np.uint8)).stages[-1] for _ in range(5)}
        assert "zbar" in last
