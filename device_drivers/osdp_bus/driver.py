"""What the supervisors of all OSDP devices do alike: key, online, lost, contacts, doubts."""

import asyncio
from abc import abstractmethod
from collections.abc import Iterator
from typing import Final

from access_core.clock import Clock, Instant
from access_core.devices.commands import PulseOutput, ReleaseResult
from access_core.devices.events import DeviceEvent, DeviceUntrusted, FaultChanged
from access_core.devices.health import OFFLINE_AFTER_MS, DeviceHealth, InputState
from access_core.errors import DeviceUnavailable
from access_core.ids import DeviceId
from device_drivers.osdp_bus.keys import read_key
from device_drivers.osdp_bus.messages import Capability
from device_drivers.osdp_bus.reports import CameOnline, Report, WasUntrusted, WentOffline
from device_drivers.osdp_bus.service import OsdpBus
from device_drivers.osdp_bus.settings import OsdpDeviceSettings
from device_drivers.osdp_bus.switching import Switchboard
from device_drivers.osdp_bus.wires import LOOK_EVERY_MS, Wires
from device_drivers.supervised import Backoff, SupervisedDevice, SupervisedDriver

LISTEN_AGAIN: Final = Backoff(first_ms=100, longest_ms=1_000)
"""The bus reconnects by itself; after a loss a driver only has to listen again."""


class OsdpDriver(SupervisedDriver):
    """A device at a peripheral of a bus that is shared, and that runs beside it."""

    def __init__(
        self,
        settings: OsdpDeviceSettings,
        device_id: DeviceId,
        clock: Clock,
        bus: OsdpBus,
        wires: Wires,
    ) -> None:
        """A seat on `bus`; raises SettingsError if that disagrees with another device's."""
        super().__init__(SupervisedDevice(device_id, clock, backoff=LISTEN_AGAIN, is_polled=True))
        self._settings = settings
        self._where = settings.in_words()
        self._clock = clock
        self._bus = bus
        self._wires = wires
        self._seat = bus.join(device_id, settings)
        self._seat.on_heard = self._device.heard
        self._switchboard = Switchboard(self._seat, clock)
        self._told_lacking = ""

    def health(self) -> DeviceHealth:
        """How the device is now."""
        for name, count in self._bus.counters().items():
            self._device.counters[f"line_{name}"] = count
        return super().health()

    def inputs(self) -> tuple[InputState, ...]:
        """Every wired input as last read."""
        return self._wires.states()

    def outputs(self) -> tuple[str, ...]:
        """The outputs the peripheral has, once it was online."""
        return self._switchboard.names()

    async def pulse(self, command: PulseOutput) -> ReleaseResult:
        """Switch one output for half a second."""
        return await self._switchboard.pulse(command)

    @abstractmethod
    def _told(self, report: Report) -> Iterator[DeviceEvent]:
        """What a report means for this device, besides its contacts."""

    @abstractmethod
    def _time_passed(self, now: Instant) -> Iterator[DeviceEvent]:
        """What follows from the time alone; called every `LOOK_EVERY_MS`."""

    async def _serve(self) -> None:
        self._seat.set_key(read_key(self._settings.key_file))
        with self._seat.listening():
            await self._until_online()
            await self._device.ready()
            await self._check_abilities()
            self._wires.resume(self._seat.inputs)
            if self._seat.status is not None:
                await self._emit(self._seat.status)
            while True:
                try:
                    async with asyncio.timeout(LOOK_EVERY_MS / 1000):
                        report = await self._seat.next()
                except TimeoutError:
                    await self._look()
                    continue
                if isinstance(report, WentOffline):
                    raise self._gone(report.reason)
                await self._emit(report)

    async def _until_online(self) -> None:
        """Return once it is online.

        Raises:
            DeviceUnavailable: It was not within 8 s; the message says what was heard instead.
        """
        try:
            async with asyncio.timeout(OFFLINE_AFTER_MS / 1000):
                while not self._seat.peripheral.is_online:
                    report = await self._seat.next()
                    if isinstance(report, WasUntrusted):
                        await self._emit(report)
        except TimeoutError:
            raise self._gone(self._seat.peripheral.why) from None

    async def _check_abilities(self) -> None:
        """Say what the peripheral does not have and the settings ask for; once."""
        abilities = self._seat.peripheral.known.abilities
        lacking = self._settings.lacking(
            abilities.count(Capability.INPUTS), abilities.count(Capability.OUTPUTS)
        )
        if lacking != self._told_lacking:
            self._told_lacking = lacking
            detail = lacking or "it has what the settings ask for"
            origin = self._device.origin(self._clock.now())
            await self._device.emit(
                FaultChanged(origin=origin, is_active=bool(lacking), detail=detail)
            )

    async def _emit(self, report: Report) -> None:
        if isinstance(report, CameOnline):
            return
        if isinstance(report, WasUntrusted):
            self._device.counters["untrusted"] += 1
            await self._device.emit(
                DeviceUntrusted(
                    origin=self._device.origin(report.at), detail=f"{self._where}: {report.detail}"
                )
            )
            return
        for event in self._wires.events(report, self._device.origin):
            await self._device.emit(event)
        for event in self._told(report):
            await self._device.emit(event)

    async def _look(self) -> None:
        now = self._clock.now()
        for event in self._wires.look(now, self._device.origin):
            await self._device.emit(event)
        for event in self._time_passed(now):
            await self._device.emit(event)

    def _gone(self, why: str) -> DeviceUnavailable:
        return DeviceUnavailable(f"{self._where}: {why}")
