"""A reader of 125 kHz tags as a `ReaderDriver`."""

from collections import Counter

from access_core.clock import Clock
from access_core.ids import DeviceId
from device_drivers.em4100.device import tag_reader_on
from device_drivers.em4100.settings import Em4100Settings
from device_drivers.em4100.transport import open_line
from device_drivers.line_reader import LineReader, LineReaderDriver
from device_drivers.supervised import Backoff, SupervisedDevice


class Em4100Driver(LineReaderDriver):
    """Reports a tag once, however long it lies on the reader.

    A tag that was there at a (re)connect is reported with `is_fresh=False`, and as a new one only
    after it was taken away.
    """

    def __init__(
        self,
        settings: Em4100Settings,
        device_id: DeviceId,
        clock: Clock,
        *,
        backoff: Backoff | None = None,
    ) -> None:
        """Nothing is opened before `run()`."""
        device = SupervisedDevice(device_id, clock, backoff=backoff)
        super().__init__(device, clock, gone_after_ms=settings.gone_after_ms)
        self._settings = settings

    async def _open(self, counts: Counter[str]) -> LineReader:
        line = await open_line(self._settings.line)
        return tag_reader_on(line, self._settings, self._clock, counts)
