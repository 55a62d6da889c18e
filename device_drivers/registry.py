"""The table of drivers: kind as written in settings -> settings model and factory.

One line a driver. A factory imports its driver only when called, so that reading settings needs
neither a camera library nor a serial one. What several devices use together comes from `Shared`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Generic, TypeAlias, TypeVar

from pydantic import BaseModel, Field

from access_core.clock import Clock
from access_core.devices.ports import DoorDriver, ReaderDriver
from access_core.errors import ProgramError
from access_core.ids import DeviceId
from device_drivers.em4100.settings import Em4100Settings
from device_drivers.gpio_door.settings import GpioDoorSettings
from device_drivers.keyboard_wedge.settings import KeyboardWedgeSettings
from device_drivers.modbus_turnstile.settings import ModbusTurnstileSettings
from device_drivers.mqtt_lane.settings import MqttDoorSettings, MqttReaderSettings
from device_drivers.osdp_output.settings import OsdpOutputSettings
from device_drivers.osdp_reader.settings import OsdpReaderSettings
from device_drivers.qr_camera.settings import QrCameraSettings
from device_drivers.serial_scanner.settings import SerialScannerSettings
from device_drivers.shared import Shared

ReaderSettings: TypeAlias = Annotated[
    QrCameraSettings
    | SerialScannerSettings
    | Em4100Settings
    | KeyboardWedgeSettings
    | MqttReaderSettings
    | OsdpReaderSettings,
    Field(discriminator="kind"),
]
"""What may stand in settings where a reader is described."""

DoorSettings: TypeAlias = Annotated[
    ModbusTurnstileSettings | GpioDoorSettings | MqttDoorSettings | OsdpOutputSettings,
    Field(discriminator="kind"),
]
"""What may stand in settings where a door is described."""

SettingsT = TypeVar("SettingsT", bound=BaseModel)
DriverT = TypeVar("DriverT")


@dataclass(frozen=True, slots=True)
class DriverEntry(Generic[DriverT]):
    """One kind of driver: its settings model and how to make it, not yet running."""

    settings: type[BaseModel]
    make: Callable[[BaseModel, DeviceId, Clock, Shared], DriverT]


def _entry(
    settings: type[SettingsT], factory: Callable[[SettingsT, DeviceId, Clock, Shared], DriverT]
) -> DriverEntry[DriverT]:
    def make(given: BaseModel, device_id: DeviceId, clock: Clock, shared: Shared) -> DriverT:
        if not isinstance(given, settings):
            msg = f"{device_id}: settings are {type(given).__name__}, not {settings.__name__}"
            raise ProgramError(msg)
        return factory(given, device_id, clock, shared)

    return DriverEntry(settings, make)


def _qr_camera(
    settings: QrCameraSettings, device_id: DeviceId, clock: Clock, _shared: Shared
) -> ReaderDriver:
    from device_drivers.qr_camera.supervisor import QrCameraDriver

    return QrCameraDriver(settings, device_id, clock)


def _serial_scanner(
    settings: SerialScannerSettings, device_id: DeviceId, clock: Clock, _shared: Shared
) -> ReaderDriver:
    from device_drivers.serial_scanner.supervisor import SerialScannerDriver

    return SerialScannerDriver(settings, device_id, clock)


def _em4100(
    settings: Em4100Settings, device_id: DeviceId, clock: Clock, _shared: Shared
) -> ReaderDriver:
    from device_drivers.em4100.supervisor import Em4100Driver

    return Em4100Driver(settings, device_id, clock)


def _keyboard_wedge(
    settings: KeyboardWedgeSettings, device_id: DeviceId, clock: Clock, _shared: Shared
) -> ReaderDriver:
    from device_drivers.keyboard_wedge.supervisor import KeyboardWedgeDriver

    return KeyboardWedgeDriver(settings, device_id, clock)


def _modbus_turnstile(
    settings: ModbusTurnstileSettings, device_id: DeviceId, clock: Clock, shared: Shared
) -> DoorDriver:
    from device_drivers.modbus_turnstile.bus import ModbusBus
    from device_drivers.modbus_turnstile.supervisor import ModbusTurnstileDriver

    bus = shared.get(ModbusBus, settings.bus_key, lambda: ModbusBus(settings, clock))
    return ModbusTurnstileDriver(settings, device_id, clock, bus)


def _gpio_door(
    settings: GpioDoorSettings, device_id: DeviceId, clock: Clock, _shared: Shared
) -> DoorDriver:
    from device_drivers.gpio_door.supervisor import GpioDoorDriver

    return GpioDoorDriver(settings, device_id, clock)


def _mqtt_reader(
    settings: MqttReaderSettings, device_id: DeviceId, clock: Clock, shared: Shared
) -> ReaderDriver:
    from device_drivers.mqtt_lane.broker_link import link_of
    from device_drivers.mqtt_lane.supervisor import MqttReaderDriver

    lane = link_of(shared, settings.broker, clock).lane(settings.lane)
    return MqttReaderDriver(settings, device_id, clock, lane)


def _mqtt_door(
    settings: MqttDoorSettings, device_id: DeviceId, clock: Clock, shared: Shared
) -> DoorDriver:
    from device_drivers.mqtt_lane.broker_link import link_of
    from device_drivers.mqtt_lane.supervisor import MqttDoorDriver

    lane = link_of(shared, settings.broker, clock).lane(settings.lane)
    return MqttDoorDriver(device_id, clock, lane)


def _osdp_reader(
    settings: OsdpReaderSettings, device_id: DeviceId, clock: Clock, shared: Shared
) -> ReaderDriver:
    from device_drivers.osdp_bus.service import bus_of
    from device_drivers.osdp_reader.supervisor import OsdpReaderDriver

    return OsdpReaderDriver(settings, device_id, clock, bus_of(settings, clock, shared))


def _osdp_output(
    settings: OsdpOutputSettings, device_id: DeviceId, clock: Clock, shared: Shared
) -> DoorDriver:
    from device_drivers.osdp_bus.service import bus_of
    from device_drivers.osdp_output.supervisor import OsdpOutputDriver

    return OsdpOutputDriver(settings, device_id, clock, bus_of(settings, clock, shared))


READERS: Mapping[str, DriverEntry[ReaderDriver]] = {
    "qr_camera": _entry(QrCameraSettings, _qr_camera),
    "serial_scanner": _entry(SerialScannerSettings, _serial_scanner),
    "mqtt_reader": _entry(MqttReaderSettings, _mqtt_reader),
    "osdp_reader": _entry(OsdpReaderSettings, _osdp_reader),
    "em4100": _entry(Em4100Settings, _em4100),
    "keyboard_wedge": _entry(KeyboardWedgeSettings, _keyboard_wedge),
}

DOORS: Mapping[str, DriverEntry[DoorDriver]] = {
    "modbus_turnstile": _entry(ModbusTurnstileSettings, _modbus_turnstile),
    "gpio_door": _entry(GpioDoorSettings, _gpio_door),
    "osdp_output": _entry(OsdpOutputSettings, _osdp_output),
    "mqtt_door": _entry(MqttDoorSettings, _mqtt_door),
}


def make_reader(
    settings: ReaderSettings, device_id: DeviceId, clock: Clock, shared: Shared
) -> ReaderDriver:
    """The reader driver that `settings` describe, not yet running."""
    return READERS[settings.kind].make(settings, device_id, clock, shared)


def make_door(
    settings: DoorSettings, device_id: DeviceId, clock: Clock, shared: Shared
) -> DoorDriver:
    """The door driver that `settings` describe, not yet running."""
    return DOORS[settings.kind].make(settings, device_id, clock, shared)
