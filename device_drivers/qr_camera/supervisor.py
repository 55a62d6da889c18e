"""A camera that reads QR codes, as a `ReaderDriver`."""

import asyncio

import cv2

from access_core.clock import Clock
from access_core.devices.commands import ShowFeedback
from access_core.devices.events import CredentialPresented, Medium
from access_core.devices.ports import CameraView
from access_core.ids import DeviceId
from device_drivers.debounce import Debounce
from device_drivers.qr_camera.decoder import QrDecoder
from device_drivers.qr_camera.device import Camera, Look
from device_drivers.qr_camera.picture_view import view_of
from device_drivers.qr_camera.settings import QrCameraSettings
from device_drivers.qr_camera.transport import open_source
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
        self._latest: Look | None = None

    async def run(self) -> None:
        """Serve the camera until cancelled."""
        # The lane's own work needs the other cores; one thread reads 100 frames a second.
        cv2.setNumThreads(1)
        await super().run()

    async def show(self, feedback: ShowFeedback) -> None:
        """Nothing: a camera has no light, sound or text."""

    def view(self) -> CameraView | None:
        """The newest picture with the corners of the codes in it; None before the first.

        Takes some 10 ms; may be called from any thread.
        """
        latest = self._latest
        return None if latest is None else view_of(latest.frame, latest.result)

    async def _serve(self) -> None:
        loop = asyncio.get_running_loop()
        source = await loop.run_in_executor(None, open_source, self._settings, self._clock)
        zbar = ZbarProcess(self._clock)
        camera = Camera(
            self.device_id,
            source,
            QrDecoder(self._clock, deadline_ms=self._settings.deadline_ms, zbar=zbar),
            self._device.counters,
            silence_ms=self._settings.silence_ms,
            at_end=zbar.close,
        )
        try:
            camera.start()
            await self._device.ready()
            while True:
                await self._seen(await camera.next_look())
        finally:
            self._latest = None
            camera.close()

    async def _seen(self, look: Look) -> None:
        self._latest = look
        if look.trouble:
            self._device.doubt(f"{self.device_id} is {look.trouble}", look.frame.at)
        else:
            self._device.heard(look.frame.at)
        for payload in () if look.result is None else look.result.payloads:
            if self._debounce.is_new(payload, look.frame.at):
                await self._device.emit(
                    CredentialPresented(
                        origin=self._device.origin(look.frame.at),
                        medium=Medium.QR,
                        payload=payload,
                        is_fresh=look.frame.is_fresh,
                    )
                )
