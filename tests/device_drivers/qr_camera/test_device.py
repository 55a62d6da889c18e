"""An open camera: what is counted, what is too slow, what is silent."""

import asyncio
import threading
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import numpy as np
import pytest

from access_core.errors import DeviceUnavailable
from device_drivers.qr_camera import device
from device_drivers.qr_camera.codec import DecodeResult
from device_drivers.qr_camera.device import Camera, Decoder
from device_drivers.qr_camera.motion import PATIENCE, Grey
from device_drivers.qr_camera.transport import Frame
from device_drivers.system_clock import SystemClock

CLOCK = SystemClock()
EMPTY = np.zeros((48, 64), np.uint8)


class HandSource:
    """Gives a frame for each one it was handed."""

    def __init__(self, *, is_quiet_when_idle: bool = True) -> None:
        """Nothing to give."""
        self.is_quiet_when_idle = is_quiet_when_idle
        self.handed = threading.Semaphore(0)
        self.is_closed = threading.Event()

    def next_frame(self) -> Frame | None:
        """A black frame, or None after a moment."""
        if not self.handed.acquire(timeout=0.02):
            return None
        return Frame(CLOCK.now(), EMPTY, is_fresh=True)

    def close(self) -> None:
        """Remember it."""
        self.is_closed.set()


class HandDecoder:
    """Finds what it is told to find, when it may."""

    def __init__(self) -> None:
        """Finds nothing, at once."""
        self.payloads: tuple[bytes, ...] = ()
        self.begun, self.may_go_on = threading.Event(), threading.Event()
        self.may_go_on.set()

    def decode(self, frame: Grey) -> DecodeResult:  # noqa: ARG002 - the port's signature
        """As told."""
        self.begun.set()
        self.may_go_on.wait(5)
        return DecodeResult(self.payloads, tuple("x" for _ in self.payloads), 1.0, ("plain",))


@asynccontextmanager
async def _open(
    source: HandSource, decoder: Decoder, counters: Counter[str]
) -> AsyncIterator[Camera]:
    ended = threading.Event()
    camera = Camera("cam", source, decoder, counters, silence_ms=50, at_end=ended.set)
    camera.start()
    try:
        yield camera
    finally:
        camera.close()
        assert await asyncio.to_thread(source.is_closed.wait, 2)
        assert await asyncio.to_thread(ended.wait, 6)


async def test_frames_are_counted_by_what_became_of_them() -> None:
    """Looked at, unchanged, decoded; a scene without change is not looked at for ever."""
    source, decoder, counters = HandSource(), HandDecoder(), Counter[str]()
    async with _open(source, decoder, counters) as camera:
        looks = []
        for _ in range(PATIENCE + 2):
            source.handed.release()
            looks.append(await camera.next_look())
        assert [look.result is None for look in looks] == [False] * PATIENCE + [True] * 2
        assert counters["frames"] == PATIENCE + 2
        assert counters["frames_unchanged"] == 2
        assert counters["frames_decoded"] == 0


async def test_what_was_read_is_counted_and_told() -> None:
    """One payload, one decoded frame."""
    source, decoder, counters = HandSource(), HandDecoder(), Counter[str]()
    decoder.payloads = (b"CP1:X",)
    async with _open(source, decoder, counters) as camera:
        source.handed.release()
        look = await camera.next_look()
        assert look.result is not None
        assert look.result.payloads == (b"CP1:X",)
        assert counters["frames_decoded"] == 1


async def test_frames_that_were_overtaken_are_counted_as_dropped() -> None:
    """While one is looked at the newest wins."""
    source, decoder, counters = HandSource(), HandDecoder(), Counter[str]()
    decoder.may_go_on.clear()
    async with _open(source, decoder, counters) as camera, asyncio.TaskGroup() as group:
        source.handed.release()
        first = group.create_task(camera.next_look())
        assert await asyncio.to_thread(decoder.begun.wait, 5)
        source.handed.release(3)
        while camera._mailbox.overtaken < 2:  # noqa: ASYNC110 - the capture thread tells nobody
            await asyncio.sleep(0.01)
        decoder.may_go_on.set()
        await first
        await camera.next_look()
        assert counters["frames_dropped"] == 2
        assert counters["frames"] == 4


async def test_a_silent_camera_is_lost_in_words() -> None:
    """A folder may be quiet, a camera may not."""
    source = HandSource(is_quiet_when_idle=False)
    async with _open(source, HandDecoder(), Counter()) as camera:
        with pytest.raises(DeviceUnavailable, match="no frame for 50 ms; check the camera's power"):
            await camera.next_look()


async def test_decoding_that_does_not_come_back_loses_the_camera_and_not_the_gate(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Told in words after a while; the event loop has been free all the time."""
    monkeypatch.setattr(device, "STUCK_S", 0.1)
    source, decoder = HandSource(), HandDecoder()
    decoder.may_go_on.clear()
    async with _open(source, decoder, Counter()) as camera:
        source.handed.release()
        with pytest.raises(DeviceUnavailable, match="decoding has not come back"):
            await camera.next_look()
        decoder.may_go_on.set()
