"""The simulated serial server."""

import asyncio
from pathlib import Path

from simulators.line import SimulatedLine
from simulators.serial_server import SimulatedSerialServer
from tests.simulators.test_line import Port


async def test_it_serves_one_at_a_time_on_the_same_port(tmp_path: Path) -> None:
    """A second client is turned away; after a power cut the port is the same."""
    async with (
        SimulatedLine(tmp_path) as line,
        SimulatedSerialServer(line.near_port) as server,
    ):
        tcp_port = server.tcp_port
        reader, writer = await asyncio.open_connection("127.0.0.1", tcp_port)
        with Port(line.far_port) as device:
            writer.write(b"hello")
            assert await device.receive(5) == b"hello"
            second, second_writer = await asyncio.open_connection("127.0.0.1", tcp_port)
            assert await second.read() == b""
            second_writer.close()
        server.power_off()
        assert await reader.read() == b""
        writer.close()
        server.power_on()
        assert server.tcp_port == tcp_port
