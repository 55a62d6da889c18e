"""A door behind OSDP outputs as a `DoorDriver`."""

from collections.abc import Iterator

from access_core.clock import Clock, Instant
from access_core.devices.commands import FreeDoor, ReleaseDoor, ReleaseResult, SecureDoor
from access_core.devices.events import DeviceEvent
from access_core.ids import DeviceId
from device_drivers.osdp_bus.driver import OsdpDriver
from device_drivers.osdp_bus.reports import Report
from device_drivers.osdp_bus.wires import Wires
from device_drivers.osdp_output.device import OutputDoor
from device_drivers.osdp_output.settings import OsdpOutputSettings
from device_drivers.osdp_output.transport import OsdpBus


class OsdpOutputDriver(OsdpDriver):
    """Passes orders on to outputs, and tells what the contacts of the door say."""

    def __init__(
        self, settings: OsdpOutputSettings, device_id: DeviceId, clock: Clock, bus: OsdpBus
    ) -> None:
        """A seat on `bus`, which must run too."""
        wires = Wires(settings.points(), settings.closed_points(), settings.passage_signal)
        super().__init__(settings, device_id, clock, bus, wires)
        self._door = OutputDoor(settings, self._switchboard, wires, clock)

    async def release(self, command: ReleaseDoor) -> ReleaseResult:
        """Release for one passage; confirmed once the output shows it."""
        return await self._door.release(command)

    async def secure(self, command: SecureDoor) -> ReleaseResult:
        """Lock both directions."""
        return await self._door.secure(command)

    async def free(self, command: FreeDoor) -> ReleaseResult:
        """Free both directions until secured."""
        return await self._door.free(command)

    def _told(self, report: Report) -> Iterator[DeviceEvent]:
        self._door.time_passed(report.at)
        return iter(())

    def _time_passed(self, now: Instant) -> Iterator[DeviceEvent]:
        self._door.time_passed(now)
        return iter(())
