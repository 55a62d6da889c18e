"""Opening whichever line the settings name."""

from pathlib import Path

from device_drivers.transports.line import open_line
from device_drivers.transports.serial_settings import SerialLineSettings
from device_drivers.transports.tcp_settings import TcpLineSettings
from simulators.line import SimulatedLine
from simulators.serial_scanner import SimulatedScanner
from simulators.serial_server import SimulatedSerialServer


async def test_bytes_come_alike_from_here_and_from_a_serial_server(tmp_path: Path) -> None:
    """The same device on a port of this machine and behind a serial server."""
    async with SimulatedLine(tmp_path) as line, SimulatedScanner(line.far_port) as scanner:
        near = await open_line(SerialLineSettings(port=str(line.near_port)))
        scanner.scan("near")
        assert await near.read() == b"near\r\n"
        near.close()
        async with SimulatedSerialServer(line.near_port) as server:
            settings = TcpLineSettings(host="127.0.0.1", tcp_port=server.tcp_port)
            far = await open_line(settings)
            scanner.scan("far")
            assert await far.read() == b"far\r\n"
            assert far.in_words() == settings.in_words()
            far.close()
