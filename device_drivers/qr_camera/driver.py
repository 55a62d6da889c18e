"""A camera that reads QR codes, as a `ReaderDriver`.

    capture thread --newest frame wins--> event loop --> decoding thread --> debounce --> event

Neither capture nor decoding ever holds the event loop.
"""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import cv2

from access_core.clock import Clock
from access_core.devices.commands import ShowFeedback
from access_core.devices.events import CredentialPresented, Medium
from access_core.errors import DeviceUnavailable
from access_core.ids import DeviceId
from device_drivers.debounce import Debounce
from device_drivers.qr_camera.decoder import QrDecoder
from device_drivers.qr_camera.mailbox import Mailbox
from device_drivers.qr_camera.motion import MotionGate
from device_drivers.qr_camera.settings import QrCameraSettings
from device_drivers.qr_camera.source import Frame, FrameSource, open_source
from device_drivers.qr_camera.zbar_process import ZbarProcess
from device_drivers.supervised import Backoff, SupervisedDevice, SupervisedDriver


class QrCameraDriver(SupervisedDriver):
    """Looks at the newest frame of its source and reports each pass held up, once."""

    def __init__(
        self,
        settings: QrCameraSettings,
        device_id: DeviceId,
        clock: Clock,
        *,
        backoff: Backoff | None = None,
    ) -> None:
        """Nothing is opened before `run()`."""
        self._settings = settings
        self._clock = clock
        super().__init__(SupervisedDevice(device_id, clock, backoff=backoff))
        self._debounce = Debounce(settings.gone_after_ms)

    async def run(self) -> None:
        """Serve the camera until cancelled."""
        # The lane's own work needs the other cores; one thread reads 100 frames a second.
        cv2.setNumThreads(1)
        await super().run()

    async def show(self, feedback: ShowFeedback) -> None:
        """Nothing: a camera has no light, sound or text."""

    async def _serve(self) -> None:
        loop = asyncio.get_running_loop()
        source = await loop.run_in_executor(None, open_source, self._settings, self._clock)
        mailbox, stop = Mailbox(loop), threading.Event()
        # A daemon: a camera that hangs in its kernel driver must not keep the program from ending.
        capture = threading.Thread(
            target=_capture, args=(source, mailbox, stop), name=self.device_id, daemon=True
        )
        zbar = ZbarProcess(self._clock)
        eye = _Eye(QrDecoder(self._clock, deadline_ms=self._settings.deadline_ms, zbar=zbar))
        one_thread = ThreadPoolExecutor(1, thread_name_prefix=f"{self.device_id}-decode")
        try:
            capture.start()
            await self._device.ready()
            while True:
                frame = await self._next_frame(mailbox, source)
                payloads = await loop.run_in_executor(one_thread, eye.look, frame)
                await self._present(payloads, frame)
        finally:
            stop.set()
            one_thread.submit(zbar.close)
            one_thread.shutdown(wait=False)

    async def _next_frame(self, mailbox: Mailbox, source: FrameSource) -> Frame:
        silence_s = None if source.is_quiet_when_idle else self._settings.silence_ms / 1000
        try:
            async with asyncio.timeout(silence_s):
                return await mailbox.next()
        except TimeoutError:
            raise DeviceUnavailable(
                f"{self.device_id}: no frame for {self._settings.silence_ms} ms; "
                "check the camera's power and cable"
            ) from None

    async def _present(self, payloads: tuple[bytes, ...], frame: Frame) -> None:
        for payload in payloads:
            if self._debounce.is_new(payload, frame.at):
                await self._device.emit(
                    CredentialPresented(
                        origin=self._device.origin(frame.at),
                        medium=Medium.QR,
                        payload=payload,
                        is_fresh=frame.is_fresh,
                    )
                )


class _Eye:
    """Motion gate and decoder, for the decoding thread."""

    def __init__(self, decoder: QrDecoder) -> None:
        self._decoder = decoder
        self._gate = MotionGate()

    def look(self, frame: Frame) -> tuple[bytes, ...]:
        """The payloads in `frame`; none if nothing has changed since one without any."""
        if not self._gate.is_worth_a_look(frame.picture):
            return ()
        payloads = self._decoder.decode(frame.picture).payloads
        self._gate.looked_at(frame.picture, was_read=bool(payloads))
        return payloads


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
