"""The line by which the reader is registered."""

from access_core.clock import Clock
from access_core.devices.ports import ReaderDriver
from access_core.ids import DeviceId
from device_drivers.registry import _entry
from device_drivers.shared import Shared
from tests.contracts.sample_driver.settings import CardReaderSettings
from tests.contracts.sample_driver.supervisor import CardReaderDriver


def _card_reader(
    settings: CardReaderSettings, device_id: DeviceId, clock: Clock, _shared: Shared
) -> ReaderDriver:
    return CardReaderDriver(settings, device_id, clock)


READERS = {
    "card_reader": _entry(CardReaderSettings, _card_reader),
}
