"""A scanner that types, as a `ReaderDriver`."""

from collections import Counter

from access_core.clock import Clock
from access_core.ids import DeviceId
from device_drivers.keyboard_wedge.device import keyboard_on
from device_drivers.keyboard_wedge.settings import KeyboardWedgeSettings
from device_drivers.keyboard_wedge.transport import InputNode
from device_drivers.line_reader import LineReader, LineReaderDriver
from device_drivers.supervised import Backoff, SupervisedDevice


class KeyboardWedgeDriver(LineReaderDriver):
    """Takes the keyboard for itself and reads the lines it types; it may vanish and return."""

    def __init__(
        self,
        settings: KeyboardWedgeSettings,
        device_id: DeviceId,
        clock: Clock,
        *,
        backoff: Backoff | None = None,
    ) -> None:
        """Nothing is opened before `run()`."""
        device = SupervisedDevice(device_id, clock, backoff=backoff)
        super().__init__(device, clock, gone_after_ms=settings.repeat_after_ms)
        self._settings = settings

    async def _open(self, counts: Counter[str]) -> LineReader:
        node = InputNode(self._settings.device)
        return keyboard_on(node, self._settings, self._clock, counts)
