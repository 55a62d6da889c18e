"""A line behind a serial server on the network, read and written by the asyncio loop.

A half-open connection (the server lost its power, a cable was pulled) is found by keep-alive
probes within `GONE_AFTER_S`; bytes that nobody confirms end it as soon.
"""

import asyncio
import contextlib
import errno
import socket
from typing import Final

from access_core.errors import DeviceUnavailable
from device_drivers.transports.readiness import is_readable, until_readable, until_writable
from device_drivers.transports.tcp_settings import TcpLineSettings

READ_BYTES: Final = 4096
"""Most bytes taken by one read."""
CONNECT_S: Final = 3.0
"""Longest wait for the serial server to answer."""
IDLE_S, PROBE_EVERY_S, PROBES = 3, 1, 3
"""Keep-alive: first probe after so long a silence, then so often, so many without an answer."""
GONE_AFTER_S: Final = IDLE_S + PROBE_EVERY_S * PROBES
"""A dead server is noticed within this time: before a device counts as offline (8 s)."""

_CURES: Final = {
    errno.ECONNREFUSED: "refused; check `tcp_port`, and that no other program holds the line: "
    "most serial servers serve one at a time",
    errno.ECONNRESET: "the serial server ended the connection; check its power and that no other "
    "program has taken the line",
    errno.EPIPE: "the serial server ended the connection; check its power and that no other "
    "program has taken the line",
    errno.EHOSTUNREACH: "not reachable; check `host`, the network cable and the server's power",
    errno.ENETUNREACH: "not reachable; check this machine's network settings",
    errno.ETIMEDOUT: "no answer any more; check the network cable and the server's power",
}


async def open_tcp_line(settings: TcpLineSettings) -> "TcpLine":
    """A connection to the serial server of `settings`.

    Raises:
        DeviceUnavailable: There is no connection within `CONNECT_S`; the message says what to
            check.
    """
    words = settings.in_words()
    try:
        async with asyncio.timeout(CONNECT_S):
            return TcpLine(words, await _connected(settings))
    except TimeoutError as error:
        raise DeviceUnavailable(
            f"{words}: no answer within {CONNECT_S:g} s; check `host`, the network cable and the "
            "server's power"
        ) from error
    except socket.gaierror as error:
        raise DeviceUnavailable(
            f"{words}: the name is not known; check `host`, or write the address"
        ) from error
    except OSError as error:
        raise DeviceUnavailable(f"{words}: {what_to_check(error)}") from error


def what_to_check(error: OSError) -> str:
    """What a technician should look at when a connection failed with `error`."""
    cure = _CURES.get(error.errno) if error.errno is not None else None
    return cure or f"the connection failed ({error}); check `host`, `tcp_port` and the network"


async def _connected(settings: TcpLineSettings) -> socket.socket:
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(settings.host, settings.tcp_port, type=socket.SOCK_STREAM)
    family, kind, protocol, _, address = found[0]
    connection = socket.socket(family, kind, protocol)
    with contextlib.ExitStack() as unless_connected:
        unless_connected.callback(connection.close)
        connection.settimeout(0)
        _keep_alive(connection)
        await loop.sock_connect(connection, address)
        unless_connected.pop_all()
    return connection


def _keep_alive(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, IDLE_S)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, PROBE_EVERY_S)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, PROBES)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, GONE_AFTER_S * 1000)
    # A question of a few bytes must not wait for the confirmation of the one before.
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


class TcpLine:
    """A line behind a serial server. One reader and one writer at a time."""

    def __init__(self, words: str, connection: socket.socket) -> None:
        """`words` name the line; `connection` is open and does not block."""
        self._words = words
        self._connection = connection

    async def read(self) -> bytes:
        """What has arrived, at least one byte, as soon as there is any.

        Raises:
            DeviceUnavailable: The connection has ended.
        """
        while True:
            await until_readable(self._connection.fileno())
            try:
                data = self._connection.recv(READ_BYTES)
            except BlockingIOError:
                continue
            except OSError as error:
                raise self._gone(error) from error
            if not data:
                raise self._gone(ConnectionResetError(errno.ECONNRESET, "closed"))
            return data

    async def write(self, data: bytes) -> None:
        """Hand all of `data` to the kernel.

        Raises:
            DeviceUnavailable: The connection has ended.
        """
        rest = memoryview(data)
        while rest:
            try:
                rest = rest[self._connection.send(rest) :]
            except BlockingIOError:
                await until_writable(self._connection.fileno())
            except OSError as error:
                raise self._gone(error) from error

    def has_bytes_waiting(self) -> bool:
        """True if `read()` would return at once."""
        return is_readable(self._connection.fileno())

    def close(self) -> None:
        """Close the connection; may be called twice."""
        self._connection.close()

    def in_words(self) -> str:
        """Where the line is."""
        return self._words

    def _gone(self, error: OSError) -> DeviceUnavailable:
        return DeviceUnavailable(f"{self._words}: {what_to_check(error)}")
