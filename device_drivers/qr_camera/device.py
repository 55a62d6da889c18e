"""An open camera: frames come in, what was seen in them goes out. No reconnecting here.

    capture thread --newest frame wins--> event loop --> decoding thread --> look

Neither capture nor decoding ever holds the event loop, and each camera has threads of its own.
"""

import asyncio
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final, Protocol

from access_core.errors import DeviceUnavailable
from device_drivers.qr_camera.codec import DecodeResult
from device_drivers.qr_camera.mailbox import Mailbox
from device_drivers.qr_camera.motion import Grey, MotionGate
from device_drivers.qr_camera.picture_watch import PictureWatch
from device_drivers.qr_camera.transport import Frame, FrameSource

STUCK_S: Final = 5.0
"""A decoding thread that has not come back by then is given up. zxing-cpp has no endless frames as
far as known: 360 sheets made to waste its time took 0.16 s at most (measured 2026-11); zbar, which
may take any time, works in a process that is killed."""


class Decoder(Protocol):
    """Finds codes in pictures; for one thread at a time."""

    def decode(self, frame: Grey) -> DecodeResult:
        """The payloads in `frame`."""
        ...


@dataclass(frozen=True, slots=True)
class Look:
    """One frame and what was seen in it."""

    frame: Frame
    result: DecodeResult | None
    """None: nothing has changed since a look that gave nothing, so there was no other."""
    trouble: str
    """What has been wrong with the pictures for a while, in words; empty if nothing is."""


class Camera:
    """Reads one source by threads of its own. Close it."""

    def __init__(
        self,
        name: str,
        source: FrameSource,
        decoder: Decoder,
        counters: Counter[str],
        *,
        silence_ms: int,
        at_end: Callable[[], None],
    ) -> None:
        """`silence_ms`: a source that is not quiet by nature and gives no frame so long is lost.

        `at_end` is called by the decoding thread after its last look.
        """
        self._name = name
        self._source = source
        self._decoder = decoder
        self._counters = counters
        self._silence_ms = silence_ms
        self._at_end = at_end
        self._motion, self._watch = MotionGate(), PictureWatch()
        self._mailbox = Mailbox(asyncio.get_running_loop())
        self._stop = threading.Event()
        # A daemon: a camera that hangs in its kernel driver must not keep the program from ending.
        self._capture = threading.Thread(
            target=_capture, args=(source, self._mailbox, self._stop), name=name, daemon=True
        )
        self._one_thread = ThreadPoolExecutor(1, thread_name_prefix=f"{name}-decode")

    def start(self) -> None:
        """Begin to take frames."""
        self._capture.start()

    async def next_look(self) -> Look:
        """What is seen in the newest frame, as soon as there is one.

        Raises:
            DeviceUnavailable: The source has gone, is silent, or decoding is stuck.
        """
        frame = await self._next_frame()
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(STUCK_S):
                look = await loop.run_in_executor(self._one_thread, self._look, frame)
        except TimeoutError:
            raise DeviceUnavailable(
                f"{self._name}: decoding has not come back for {STUCK_S:.0f} s; look what is held "
                "before the camera, and check the processor's load"
            ) from None
        self._count(look)
        return look

    def close(self) -> None:
        """Stop the threads; the source is closed by its own."""
        self._stop.set()
        self._one_thread.submit(self._at_end)
        self._one_thread.shutdown(wait=False)

    async def _next_frame(self) -> Frame:
        silence_s = None if self._source.is_quiet_when_idle else self._silence_ms / 1000
        try:
            async with asyncio.timeout(silence_s):
                return await self._mailbox.next()
        except TimeoutError:
            raise DeviceUnavailable(
                f"{self._name}: no frame for {self._silence_ms} ms; "
                "check the camera's power and cable"
            ) from None

    def _look(self, frame: Frame) -> Look:
        """In the decoding thread."""
        result = None
        if self._motion.is_worth_a_look(frame.picture):
            result = self._decoder.decode(frame.picture)
            self._motion.looked_at(frame.picture, was_read=bool(result.payloads))
        return Look(frame, result, self._watch.words(frame.picture, frame.at))

    def _count(self, look: Look) -> None:
        self._counters["frames"] += 1 + self._mailbox.overtaken
        self._counters["frames_dropped"] += self._mailbox.overtaken
        self._mailbox.overtaken = 0
        if look.result is None:
            self._counters["frames_unchanged"] += 1
        elif look.result.payloads:
            self._counters["frames_decoded"] += 1


def _capture(source: FrameSource, mailbox: Mailbox, stop: threading.Event) -> None:
    failure = DeviceUnavailable("the capture thread ended")
    try:
        while not stop.is_set():
            frame = source.next_frame()
            if frame is not None and not stop.is_set():
                mailbox.put(frame)
    except DeviceUnavailable as lost:
        failure = lost
    finally:
        source.close()
        if not stop.is_set():
            mailbox.fail(failure)
