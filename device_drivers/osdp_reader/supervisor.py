"""An OSDP reader as a `ReaderDriver`."""

from collections.abc import Iterator
from typing import Final

from access_core.clock import Clock, Instant
from access_core.devices.commands import ShowFeedback
from access_core.devices.events import DeviceEvent
from access_core.ids import DeviceId
from device_drivers.osdp_bus.driver import OsdpDriver
from device_drivers.osdp_bus.reports import Report
from device_drivers.osdp_bus.wires import Wires
from device_drivers.osdp_reader.device import ReadsOf, ways_to_show
from device_drivers.osdp_reader.settings import OsdpReaderSettings
from device_drivers.osdp_reader.transport import OsdpBus

SHOW_WITHIN_MS: Final = 1_500
"""Feedback that could not be shown for so long is of no use to anybody."""


class OsdpReaderDriver(OsdpDriver):
    """Reads cards and keys, and tells the person by light, sound and text."""

    def __init__(
        self, settings: OsdpReaderSettings, device_id: DeviceId, clock: Clock, bus: OsdpBus
    ) -> None:
        """A seat on `bus`, which must run too."""
        wires = Wires(settings.points(), settings.closed_points())
        super().__init__(settings, device_id, clock, bus, wires)
        self._reads = ReadsOf(settings, self._device.origin)

    async def show(self, feedback: ShowFeedback) -> None:
        """Hand it to the line; a reader that is away shows nothing."""
        if not self._seat.peripheral.is_online:
            return
        not_after = self._clock.now().plus_ms(SHOW_WITHIN_MS)
        for code, data in ways_to_show(feedback, self._seat.peripheral.known.abilities):
            self._seat.post(code, data, not_after, topic=code.name)

    def _told(self, report: Report) -> Iterator[DeviceEvent]:
        return self._reads.told(report)

    def _time_passed(self, now: Instant) -> Iterator[DeviceEvent]:
        return self._reads.waited(now)
