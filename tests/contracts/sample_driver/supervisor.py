"""A desk reader for cards as a `ReaderDriver`."""

from collections import Counter

from access_core.clock import Clock
from access_core.ids import DeviceId
from device_drivers.line_reader import LineReader, LineReaderDriver
from device_drivers.supervised import SupervisedDevice
from tests.contracts.sample_driver.device import card_reader_on
from tests.contracts.sample_driver.settings import CardReaderSettings
from tests.contracts.sample_driver.transport import open_line


class CardReaderDriver(LineReaderDriver):
    """Reports a card once, however long it lies there."""

    def __init__(self, settings: CardReaderSettings, device_id: DeviceId, clock: Clock) -> None:
        """Nothing is opened before `run()`."""
        device = SupervisedDevice(device_id, clock)
        super().__init__(device, clock, gone_after_ms=settings.gone_after_ms)
        self._settings = settings

    async def _open(self, counts: Counter[str]) -> LineReader:
        line = await open_line(self._settings.line)
        return card_reader_on(line, self._settings, self._clock, counts)
