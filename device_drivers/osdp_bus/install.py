"""Giving a peripheral this site's key: by a person at the box, for some minutes, one at a time.

The new key lies on the disk before the peripheral is told it, beside the old one, and takes its
place once the peripheral has proven it: a power cut in between loses neither.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from access_core.clock import Clock
from access_core.errors import DeviceUnavailable
from device_drivers.osdp_bus.keys import new_key, read_key, write_key
from device_drivers.osdp_bus.messages import Code, comset_data
from device_drivers.osdp_bus.reports import InstallChanged, InstallStep, Report
from device_drivers.osdp_bus.service import OsdpBus, Seat, is_taken
from device_drivers.osdp_bus.settings import OsdpDeviceSettings
from device_drivers.transports.line import open_line
from device_drivers.transports.serial_settings import SerialLineSettings

ONLINE_WITHIN_S = 10.0
"""With its key, a peripheral that is there comes online within this time."""
_MOVE_WITHIN_MS = 2_000


@dataclass(frozen=True, slots=True)
class Found:
    """How the peripheral is set now, where that is not what the settings say."""

    address: int | None = None
    baud: int | None = None


async def give_key_at(seat: Seat, key_file: Path, for_ms: int) -> InstallStep:
    """Open the window at `seat` and wait for its end; the key is in `key_file` on return.

    Raises:
        DeviceUnavailable: It was not done when the window closed; the message says why.
    """
    waiting = key_file.with_name(f"{key_file.name}.new")
    site_key = waiting if waiting.exists() else key_file
    if site_key.exists():
        seat.set_key(read_key(site_key))
    if not waiting.exists():
        write_key(waiting, new_key())
    with seat.listening():
        seat.install(read_key(waiting), for_ms)
        changed = await _until_installed(seat)
    if changed.step is InstallStep.CLOSED:
        if site_key is key_file:
            waiting.unlink()
        raise DeviceUnavailable(f"not installed: {changed.detail}")
    if changed.step is InstallStep.DONE or site_key is waiting:
        waiting.rename(key_file)
    else:
        waiting.unlink()
    return changed.step


async def install(
    settings: OsdpDeviceSettings, clock: Clock, *, for_ms: int, found: Found | None = None
) -> str:
    """Give the peripheral of `settings` its key on a line that nobody else uses; in words.

    One that is `found` at another address or baud rate is moved to that of the settings.

    Raises:
        DeviceUnavailable: It could not be done; the message says what to check.
    """
    now = _as_found(settings, found or Found())
    (await open_line(now.line)).close()
    bus = OsdpBus(now, clock)
    seat = bus.join("the peripheral", now)
    async with _served(bus):
        step = await give_key_at(seat, settings.key_file, for_ms)
        await _until_online(seat)
        if now != settings:
            data = comset_data(settings.address, settings.baud)
            not_after = clock.now().plus_ms(_MOVE_WITHIN_MS)
            answer = await seat.order(Code.COMSET, data, not_after)
            if not is_taken(answer):
                raise DeviceUnavailable(f"it has its key, but was not moved: {answer.detail}")
    if now != settings:
        await _check(settings, clock)
    words = "has got its key" if step is InstallStep.DONE else "had its key already"
    return f"{settings.in_words()} {words}: {seat.peripheral.known.identity.in_words()}"


async def _check(settings: OsdpDeviceSettings, clock: Clock) -> None:
    """Return once the peripheral is where the settings say."""
    bus = OsdpBus(settings, clock)
    seat = bus.join("the peripheral", settings)
    async with _served(bus):
        seat.set_key(read_key(settings.key_file))
        await _until_online(seat)


@asynccontextmanager
async def _served(bus: OsdpBus) -> AsyncIterator[None]:
    """The bus at work; what goes wrong within is raised as it is."""
    try:
        async with asyncio.TaskGroup() as group:
            serving = group.create_task(bus.run())
            yield
            serving.cancel()
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from None


async def _until_online(seat: Seat) -> None:
    try:
        with seat.listening():
            async with asyncio.timeout(ONLINE_WITHIN_S):
                while not seat.peripheral.is_online:
                    await seat.next()
    except TimeoutError:
        raise DeviceUnavailable(seat.peripheral.why) from None


async def _until_installed(seat: Seat) -> InstallChanged:
    report: Report | None = None
    while not isinstance(report, InstallChanged):
        report = await seat.next()
    return report


def _as_found(settings: OsdpDeviceSettings, found: Found) -> OsdpDeviceSettings:
    line = settings.line
    if found.baud is not None and isinstance(line, SerialLineSettings):
        line = SerialLineSettings.model_validate({**line.model_dump(), "baud": found.baud})
    address = settings.address if found.address is None else found.address
    return settings.model_copy(update={"line": line, "address": address})
