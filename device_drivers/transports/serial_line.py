"""A serial port that pyserial opened and configured, read and written by the asyncio loop.

A pseudo-terminal opens the same way: whatever has a path and terminal settings is a port here.
"""

import errno
import os

import serial

from access_core.errors import DeviceUnavailable
from device_drivers.transports.readiness import is_readable, until_readable, until_writable
from device_drivers.transports.serial_settings import SerialLineSettings

READ_BYTES = 4096
"""Most bytes taken by one read: the size of the kernel's terminal buffer."""

_PARITIES = {
    "none": serial.PARITY_NONE,
    "even": serial.PARITY_EVEN,
    "odd": serial.PARITY_ODD,
}

_CURES = {
    errno.ENOENT: "no such port; check the cable and compare with /dev/serial/by-id",
    errno.ENODEV: "the adapter has gone; check the cable",
    errno.ENXIO: "the adapter has gone; check the cable",
    errno.EACCES: "not permitted; add this service's account to the group that owns the port",
    errno.EPERM: "not permitted; add this service's account to the group that owns the port",
    errno.EBUSY: "another program holds the port; end it",
    errno.EAGAIN: "another program holds the port; end it",
    errno.EWOULDBLOCK: "another program holds the port; end it",
    errno.ENOTTY: "this is not a serial port; check `port` in the settings",
    errno.EINVAL: "the adapter refuses these line settings; check `baud` and `parity`",
}


def open_port(settings: SerialLineSettings) -> serial.Serial:
    """The port of `settings`, opened for this process alone, raw and non-blocking.

    Raises:
        DeviceUnavailable: The port cannot be opened; the message says what to check.
    """
    try:
        return serial.Serial(
            port=settings.port,
            baudrate=settings.baud,
            parity=_PARITIES[settings.parity],
            stopbits=settings.stop_bits,
            timeout=0,
            write_timeout=0,
            exclusive=True,
        )
    except (OSError, ValueError) as error:
        raise DeviceUnavailable(f"{settings.in_words()}: {what_to_check(error)}") from error


def what_to_check(error: Exception) -> str:
    """What a technician should look at when opening a port failed with `error`."""
    number = error.errno if isinstance(error, OSError) else None
    if number is None and "lock" in str(error):
        number = errno.EBUSY
    cure = _CURES.get(number) if number is not None else None
    return cure or f"the port cannot be opened ({error}); check `port`, `baud` and the adapter"


class SerialLine:
    """An open serial port. One reader and one writer at a time."""

    def __init__(self, settings: SerialLineSettings) -> None:
        """Open the port of `settings`.

        Raises:
            DeviceUnavailable: As `open_port`.
        """
        self._words = settings.in_words()
        self._port = open_port(settings)

    async def read(self) -> bytes:
        """What has arrived, at least one byte, as soon as there is any.

        Nothing is kept between calls; what is not read stays in the kernel's bounded buffer.

        Raises:
            DeviceUnavailable: The port has gone.
        """
        # pyserial sets VMIN=0, so an idle port reads as empty: wait first, then empty means gone.
        await until_readable(self._port.fileno())
        try:
            data = os.read(self._port.fileno(), READ_BYTES)
        except (OSError, serial.PortNotOpenError) as error:
            raise self._gone() from error
        if not data:
            raise self._gone()
        return data

    def has_bytes_waiting(self) -> bool:
        """True if `read()` would return at once: the loop was late, not the device."""
        return is_readable(self._port.fileno())

    async def write(self, data: bytes) -> None:
        """Hand all of `data` to the kernel.

        Raises:
            DeviceUnavailable: The port has gone.
        """
        rest = memoryview(data)
        while rest:
            try:
                rest = rest[os.write(self._port.fileno(), rest) :]
            except BlockingIOError:
                await until_writable(self._port.fileno())
            except (OSError, serial.PortNotOpenError) as error:
                raise self._gone() from error

    def close(self) -> None:
        """Close the port; may be called twice."""
        self._port.close()

    def in_words(self) -> str:
        """Port and line settings."""
        return self._words

    def _gone(self) -> DeviceUnavailable:
        return DeviceUnavailable(
            f"{self._words}: the port has gone; check the cable and the adapter's power"
        )
