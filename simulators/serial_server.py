"""A serial server: a line made reachable over TCP, for one client at a time, bytes as they are."""

import asyncio
import contextlib
import os
import socket
import tty
from pathlib import Path
from typing import Self


class SimulatedSerialServer:
    """Stands at the near end of a line, where a driver would; the driver connects over TCP."""

    def __init__(self, line_port: Path) -> None:
        """`line_port` is the near end of a line."""
        self._line_port = line_port
        self._line = -1
        self._listener: socket.socket | None = None
        self._client: socket.socket | None = None
        self.tcp_port = 0
        """Where it listens on 127.0.0.1; the same after `power_on()`."""

    async def __aenter__(self) -> Self:
        """Connect it to the line and power it on."""
        self._line = os.open(self._line_port, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        tty.setraw(self._line)
        asyncio.get_running_loop().add_reader(self._line, self._from_line)
        self.power_on()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Take it away."""
        self.power_off()
        asyncio.get_running_loop().remove_reader(self._line)
        os.close(self._line)

    def power_on(self) -> None:
        """Listen."""
        self._listener = socket.create_server(("127.0.0.1", self.tcp_port))
        self._listener.settimeout(0)
        self.tcp_port = self._listener.getsockname()[1]
        asyncio.get_running_loop().add_reader(self._listener, self._accept)

    def power_off(self) -> None:
        """End the connection and listen no more."""
        self.hang_up()
        if self._listener is not None:
            asyncio.get_running_loop().remove_reader(self._listener)
            self._listener.close()
            self._listener = None

    def hang_up(self) -> None:
        """End the connection; a new one is welcome."""
        if self._client is not None:
            asyncio.get_running_loop().remove_reader(self._client)
            self._client.close()
            self._client = None

    def _accept(self) -> None:
        if self._listener is None:
            return
        client, _ = self._listener.accept()
        if self._client is not None:
            client.close()
            return
        client.settimeout(0)
        self._client = client
        asyncio.get_running_loop().add_reader(client, self._from_client)

    def _from_client(self) -> None:
        if self._client is None:
            return
        try:
            data = self._client.recv(4096)
        except OSError:
            data = b""
        if data:
            os.write(self._line, data)
        else:
            self.hang_up()

    def _from_line(self) -> None:
        with contextlib.suppress(OSError):
            data = os.read(self._line, 4096)
            if self._client is not None:
                self._client.send(data)
