"""A line to a device: bytes both ways, wherever the other end is."""

from typing import Protocol

from device_drivers.transports.serial_line import SerialLine
from device_drivers.transports.serial_settings import SerialLineSettings
from device_drivers.transports.tcp_line import open_tcp_line
from device_drivers.transports.tcp_settings import TcpLineSettings


class ByteSource(Protocol):
    """Something open that bytes come from. One reader at a time.

    Nothing is kept between calls: what is not read stays in the kernel's bounded buffer, so a
    cancelled read loses no byte.
    """

    async def read(self) -> bytes:
        """What has arrived, at least one byte, as soon as there is any.

        Raises:
            DeviceUnavailable: The line has gone; the message says what to check.
        """
        ...

    def has_bytes_waiting(self) -> bool:
        """True if `read()` would return at once: the loop was late, not the device."""
        ...

    def close(self) -> None:
        """Close it; may be called twice."""
        ...

    def in_words(self) -> str:
        """What it is, as a technician says it, e.g. `/dev/ttyUSB0 at 9600 8N1`."""
        ...


class Line(ByteSource, Protocol):
    """An open line, both ways. One reader and one writer at a time."""

    async def write(self, data: bytes) -> None:
        """Hand all of `data` to the kernel; raises as `read`."""
        ...


async def open_line(settings: SerialLineSettings | TcpLineSettings) -> Line:
    """The line of `settings`, opened for this process alone.

    Raises:
        DeviceUnavailable: It cannot be opened; the message says what to check.
    """
    match settings:
        case SerialLineSettings():
            return SerialLine(settings)
        case TcpLineSettings():
            return await open_tcp_line(settings)
