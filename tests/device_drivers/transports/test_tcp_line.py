"""A line behind a serial server, on real sockets."""

import errno
from pathlib import Path

import pytest

from access_core.errors import DeviceUnavailable
from device_drivers.transports.tcp_line import GONE_AFTER_S, open_tcp_line, what_to_check
from device_drivers.transports.tcp_settings import TcpLineSettings
from simulators.line import SimulatedLine
from simulators.serial_server import SimulatedSerialServer
from tests.simulators.test_line import Port

OFFLINE_S = 8


async def test_bytes_go_both_ways(tmp_path: Path) -> None:
    """What is written arrives at the device, what it sends is read."""
    async with (
        SimulatedLine(tmp_path) as line,
        SimulatedSerialServer(line.near_port) as server,
    ):
        far = await open_tcp_line(TcpLineSettings(host="127.0.0.1", tcp_port=server.tcp_port))
        with Port(line.far_port) as device:
            await far.write(b"question")
            assert await device.receive(8) == b"question"
            assert not far.has_bytes_waiting()
            device.send(b"answer")
            assert await far.read() == b"answer"
        far.close()
        far.close()


async def test_a_server_that_hangs_up_is_gone_and_comes_back(tmp_path: Path) -> None:
    """The end is an error in words; a new connection works."""
    async with (
        SimulatedLine(tmp_path) as line,
        SimulatedSerialServer(line.near_port) as server,
    ):
        settings = TcpLineSettings(host="127.0.0.1", tcp_port=server.tcp_port)
        far = await open_tcp_line(settings)
        await far.write(b"x")
        server.power_off()
        with pytest.raises(DeviceUnavailable, match="serial server ended the connection"):
            await far.read()
        far.close()
        with pytest.raises(DeviceUnavailable, match="refused; check `tcp_port`"):
            await open_tcp_line(settings)
        server.power_on()
        (await open_tcp_line(settings)).close()


async def test_a_name_that_is_not_known_says_so() -> None:
    """Before any connection is tried."""
    with pytest.raises(DeviceUnavailable, match="the name is not known"):
        await open_tcp_line(TcpLineSettings(host="no-such-host.invalid", tcp_port=1))


def test_a_dead_server_is_noticed_before_the_device_counts_as_offline() -> None:
    """Keep-alive ends a half-open connection in time; every error says what to check."""
    assert GONE_AFTER_S < OFFLINE_S
    assert "network cable" in what_to_check(OSError(errno.ETIMEDOUT, "timed out"))
    assert "check `host`" in what_to_check(OSError(errno.EIO, "odd"))
