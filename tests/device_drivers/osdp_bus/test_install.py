"""Giving a peripheral this site's key, over a line with a simulated reader."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from access_core.errors import DeviceUnavailable
from device_drivers.osdp_bus.install import Found, install
from device_drivers.osdp_bus.keys import read_key, write_key
from device_drivers.osdp_bus.settings import OsdpDeviceSettings
from device_drivers.system_clock import SystemClock
from device_drivers.transports.serial_settings import SerialLineSettings
from simulators.line import SimulatedLine
from simulators.osdp_reader import OsdpLineEnd, SimulatedOsdpReader

SITE_KEY = bytes(range(50, 66))


@contextlib.asynccontextmanager
async def at_a_line(
    folder: Path, reader: SimulatedOsdpReader, address: int = 3
) -> AsyncIterator[OsdpDeviceSettings]:
    """Settings of a peripheral at `address`, and `reader` at the far end of its line."""
    async with SimulatedLine(folder) as line, OsdpLineEnd(line.far_port, reader):
        yield OsdpDeviceSettings(
            line=SerialLineSettings(port=str(line.near_port), baud=115_200),
            address=address,
            key_file=folder / "keys" / "reader.key",
        )


def files_in(settings: OsdpDeviceSettings) -> list[str]:
    """The names of the files beside the key."""
    return sorted(path.name for path in settings.key_file.parent.iterdir())


async def test_a_new_reader_gets_a_key_of_its_own(tmp_path: Path) -> None:
    """From the default key to one that only file and reader know, readable by the owner alone."""
    reader = SimulatedOsdpReader(3)
    async with at_a_line(tmp_path, reader) as settings:
        words = await install(settings, SystemClock(), for_ms=5_000)
        assert "has got its key" in words
        assert "serial 4711" in words
        assert reader.inside.key == read_key(settings.key_file)
        assert not reader.inside.is_installable
        assert files_in(settings) == ["reader.key"]


async def test_a_reader_that_has_the_key_keeps_it(tmp_path: Path) -> None:
    """Nothing is changed at a device that proves the site's key; the file stays as it was."""
    reader = SimulatedOsdpReader(3, SITE_KEY)
    async with at_a_line(tmp_path, reader) as settings:
        write_key(settings.key_file, SITE_KEY)
        assert "had its key already" in await install(settings, SystemClock(), for_ms=5_000)
        assert reader.inside.key == read_key(settings.key_file) == SITE_KEY
        assert files_in(settings) == ["reader.key"]


async def test_a_reader_that_was_reset_gets_a_new_key(tmp_path: Path) -> None:
    """The old key is worth nothing to it any more; a new one takes its place."""
    reader = SimulatedOsdpReader(3)
    async with at_a_line(tmp_path, reader) as settings:
        write_key(settings.key_file, SITE_KEY)
        assert "has got its key" in await install(settings, SystemClock(), for_ms=5_000)
        assert reader.inside.key == read_key(settings.key_file) != SITE_KEY


async def test_the_window_closes_by_itself(tmp_path: Path) -> None:
    """A reader keyed elsewhere is not taken over: time ends, and no key is left behind."""
    reader = SimulatedOsdpReader(3, SITE_KEY)
    async with at_a_line(tmp_path, reader) as settings:
        with pytest.raises(DeviceUnavailable, match="not installed"):
            await install(settings, SystemClock(), for_ms=400)
        assert reader.inside.key == SITE_KEY
        assert files_in(settings) == []


async def test_a_factory_address_is_changed_to_that_of_the_settings(tmp_path: Path) -> None:
    """Found at 0 with 9600 baud, it ends up where the settings say, and answers there."""
    reader = SimulatedOsdpReader(0)
    async with at_a_line(tmp_path, reader) as settings:
        found = Found(address=0, baud=9_600)
        await install(settings, SystemClock(), for_ms=5_000, found=found)
        assert (reader.inside.address, reader.inside.baud) == (3, 115_200)


async def test_a_line_that_another_program_holds_is_said_at_once(tmp_path: Path) -> None:
    """While the agent runs its port is locked; nobody waits for minutes to learn that."""
    async with at_a_line(tmp_path, SimulatedOsdpReader(3)) as settings:
        gone = settings.model_copy(update={"line": SerialLineSettings(port=f"{tmp_path}/none")})
        async with asyncio.timeout(1):
            with pytest.raises(DeviceUnavailable, match="no such port"):
                await install(gone, SystemClock(), for_ms=60_000)
