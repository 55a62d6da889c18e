"""Serial ports, on real pseudo-terminals."""

import asyncio
from pathlib import Path

import pytest

from access_core.errors import DeviceUnavailable
from device_drivers.transports.serial_line import SerialLine
from device_drivers.transports.serial_settings import SerialLineSettings
from simulators.line import SimulatedLine
from simulators.serial_scanner import SimulatedScanner


def _settings(port: Path) -> SerialLineSettings:
    return SerialLineSettings(port=str(port))


def _open_descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


async def test_bytes_go_both_ways(tmp_path: Path) -> None:
    """What one end writes the other reads, unchanged, control characters included."""
    everything = bytes(range(256))
    async with SimulatedLine(tmp_path) as wire, SimulatedScanner(wire.far_port) as scanner:
        line = SerialLine(_settings(wire.near_port))
        scanner.send(everything)
        got = b""
        while len(got) < 256:
            got += await line.read()
        assert got == everything
        await line.write(everything)
        line.close()


async def test_waiting_bytes_are_seen_without_reading(tmp_path: Path) -> None:
    """An idle port has none; after a scan it has some, until they are read."""
    async with SimulatedLine(tmp_path) as wire, SimulatedScanner(wire.far_port) as scanner:
        line = SerialLine(_settings(wire.near_port))
        assert not line.has_bytes_waiting()
        scanner.scan("X")
        assert await line.read() == b"X\r\n"
        assert not line.has_bytes_waiting()
        line.close()


async def test_a_missing_port_says_what_to_check(tmp_path: Path) -> None:
    """Opening a port that is not there names the port and the cure."""
    with pytest.raises(DeviceUnavailable, match=r"nothing-here at 9600 8N1: no such port; check"):
        SerialLine(_settings(tmp_path / "nothing-here"))


async def test_a_port_in_use_is_refused(tmp_path: Path) -> None:
    """A second opener is told that another program holds the port."""
    async with SimulatedLine(tmp_path) as wire:
        first = SerialLine(_settings(wire.near_port))
        with pytest.raises(DeviceUnavailable, match="another program holds the port"):
            SerialLine(_settings(wire.near_port))
        first.close()


async def test_a_plain_file_is_not_a_port(tmp_path: Path) -> None:
    """A path that is no terminal is refused in words."""
    (tmp_path / "file").write_text("")
    with pytest.raises(DeviceUnavailable, match="check"):
        SerialLine(_settings(tmp_path / "file"))


async def test_unplugging_ends_a_pending_read(tmp_path: Path) -> None:
    """Pulling the adapter raises in a read that waits, at once."""
    async with SimulatedLine(tmp_path) as wire, asyncio.TaskGroup() as group:
        line = SerialLine(_settings(wire.near_port))

        async def read() -> None:
            with pytest.raises(DeviceUnavailable, match="the port has gone"):
                await line.read()

        group.create_task(read())
        await asyncio.sleep(0)
        wire.unplug()
    line.close()


async def test_closing_gives_the_port_back(tmp_path: Path) -> None:
    """After close the port can be opened again, and no descriptor is left."""
    async with SimulatedLine(tmp_path) as wire:
        before = _open_descriptors()
        for _ in range(5):
            SerialLine(_settings(wire.near_port)).close()
        assert _open_descriptors() == before
