"""`edge-agent osdp-install`: a reader or door on an OSDP line gets this site's key."""

from access_core.clock import Clock
from access_core.errors import SettingsError
from device_drivers.osdp_bus.install import Found, install
from device_drivers.osdp_bus.settings import OsdpDeviceSettings
from edge_agent.config import EdgeSettings


async def install_device(
    settings: EdgeSettings, file: str, device: str, found: Found, minutes: float, clock: Clock
) -> str:
    """Give `device` its key, and in words what was done. The agent must not run meanwhile.

    Raises SettingsError if there is no such device, DeviceUnavailable if it could not be done.
    """
    given = osdp_device(settings, file, device)
    return await install(given, clock, for_ms=int(minutes * 60_000), found=found)


def osdp_device(settings: EdgeSettings, file: str, device: str) -> OsdpDeviceSettings:
    """The settings of the device called `device`. Raises SettingsError if it is none on OSDP."""
    devices: dict[str, object] = {reader.id: reader.device for reader in settings.readers}
    devices[settings.door.id] = settings.door.device
    given = devices.get(device)
    if isinstance(given, OsdpDeviceSettings):
        return given
    on_osdp = [name for name, one in devices.items() if isinstance(one, OsdpDeviceSettings)]
    raise SettingsError(
        file=file,
        key="readers, door",
        problem=f"have no device {device!r} on an OSDP line",
        cure=f"Name one of: {', '.join(on_osdp) or 'none is configured'}",
    )
