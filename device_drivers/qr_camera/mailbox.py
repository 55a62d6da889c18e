"""The newest frame, on its way from the capture thread to the event loop."""

import asyncio

from access_core.errors import DeviceUnavailable
from device_drivers.qr_camera.transport import Frame


class Mailbox:
    """Holds one frame: a newer one takes the place of one not yet fetched."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """`loop` is where frames are fetched."""
        self._loop = loop
        self._frame: Frame | None = None
        self._failure: DeviceUnavailable | None = None
        self._news = asyncio.Event()
        self.overtaken = 0
        """Frames that a newer one replaced before they were looked at."""

    def put(self, frame: Frame) -> None:
        """Leave `frame`; from any thread."""
        self._loop.call_soon_threadsafe(self._put, frame)

    def fail(self, failure: DeviceUnavailable) -> None:
        """No more frames will come; from any thread."""
        self._loop.call_soon_threadsafe(self._fail, failure)

    async def next(self) -> Frame:
        """The newest frame, as soon as there is one not yet fetched.

        Raises:
            DeviceUnavailable: The capture thread has ended, for the reason it gave.
        """
        while self._frame is None:
            if self._failure is not None:
                raise self._failure
            self._news.clear()
            await self._news.wait()
        frame, self._frame = self._frame, None
        return frame

    def _put(self, frame: Frame) -> None:
        self.overtaken += self._frame is not None
        self._frame = frame
        self._news.set()

    def _fail(self, failure: DeviceUnavailable) -> None:
        self._failure = failure
        self._news.set()
