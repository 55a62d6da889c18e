"""libosdp on a serial port: its peripheral for our panel, its panel for our simulated reader.

Its 3.2 wheels lose a frame that arrives in two reads, so this channel hands over whole frames.
"""

import asyncio
import contextlib
import os
import tty
from collections import deque
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import osdp

REFRESH_S: Final = 0.002
_SOM: Final = 0x53
_HEADER: Final = 5
_LONGEST: Final = 512

CAPABILITIES: Final = [
    (osdp.Capability.ContactStatusMonitoring, 1, 2),
    (osdp.Capability.OutputControl, 1, 2),
    (osdp.Capability.LEDControl, 1, 1),
    (osdp.Capability.AudibleControl, 1, 1),
    (osdp.Capability.TextOutput, 1, 1),
]


class WholeFrames(osdp.Channel):  # type: ignore[misc]
    """A serial port that gives one frame a read."""

    def __init__(self, port: Path) -> None:
        """Open `port`."""
        super().__init__()
        self.id = hash(port) & 0x7FFF
        self.descriptor = os.open(port, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        tty.setraw(self.descriptor)
        self._heard = bytearray()
        self._frames: deque[bytes] = deque()

    def read(self, _max_bytes: int) -> bytes:
        """The next whole frame, or nothing."""
        with contextlib.suppress(BlockingIOError, OSError):
            self._heard += os.read(self.descriptor, 4096)
        self._cut()
        return self._frames.popleft() if self._frames else b""

    def write(self, buf: bytes) -> int:
        """All of it."""
        return os.write(self.descriptor, bytes(buf))

    def flush(self) -> None:
        """Forget what has come in."""
        self._heard.clear()
        self._frames.clear()

    def close(self) -> None:
        """Close the port."""
        os.close(self.descriptor)

    def _cut(self) -> None:
        while True:
            start = self._heard.find(_SOM)
            del self._heard[: len(self._heard) if start < 0 else start]
            if len(self._heard) < _HEADER:
                return
            length = int.from_bytes(self._heard[2:4], "little")
            if not _HEADER < length <= _LONGEST:
                del self._heard[0]
                continue
            if len(self._heard) < length:
                return
            self._frames.append(bytes(self._heard[:length]))
            del self._heard[:length]


class LibosdpPeripheral:
    """A reader by libosdp."""

    def __init__(self, channel: WholeFrames, address: int, key: bytes) -> None:
        """Secure Channel only, with `key`."""
        info = osdp.PDInfo(address, channel, scbk=key, flags=[osdp.LibFlag.EnforceSecure])
        self.commands: list[dict[str, Any]] = []
        """What the panel ordered, as libosdp understood it."""
        self.command_came = asyncio.Event()
        self.inside = osdp.PeripheralDevice(
            info,
            osdp.PDCapabilities(CAPABILITIES),
            log_level=osdp.LogLevel.Emergency,
            command_handler=self._on_command,
        )

    def refresh(self) -> None:
        """Let it look at its port."""
        self.inside.ctx.refresh()

    def present(self, data: bytes, bits: int) -> None:
        """Hold up a card."""
        self.inside.ctx.submit_event(
            {
                "event": osdp.Event.CardRead,
                "reader_no": 0,
                "direction": 0,
                "format": osdp.CardFormat.Wiegand,
                "length": bits,
                "data": data,
            }
        )

    def press(self, keys: bytes) -> None:
        """Press keys."""
        self.inside.ctx.submit_event(
            {"event": osdp.Event.KeyPress, "reader_no": 0, "data": keys, "length": len(keys)}
        )

    def _on_command(self, command: dict[str, Any]) -> tuple[int, dict[str, Any] | None]:
        self.commands.append(command)
        self.command_came.set()
        return 0, None


class LibosdpPanel:
    """A control panel by libosdp, with one peripheral."""

    def __init__(self, channel: WholeFrames, address: int, key: bytes | None) -> None:
        """`key` None: begin with the default key and give a new one."""
        flags = [] if key is None else [osdp.LibFlag.EnforceSecure]
        info = osdp.PDInfo(address, channel, scbk=key, flags=flags)
        self.events: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.inside = osdp.ControlPanel(
            [info], log_level=osdp.LogLevel.Emergency, event_handler=self._on_event
        )

    @property
    def is_secure(self) -> bool:
        """The peripheral has proven its key."""
        return bool(self.inside.ctx.sc_status())

    def refresh(self) -> None:
        """Let it look at its port."""
        self.inside.ctx.refresh()

    def order(self, command: dict[str, Any]) -> None:
        """Send a command."""
        self.inside.ctx.submit_command(0, command)

    def _on_event(self, _peripheral: int, event: dict[str, Any]) -> int:
        self.events.put_nowait(event)
        return 0


@contextlib.asynccontextmanager
async def kept_going(
    one: LibosdpPeripheral | LibosdpPanel, channel: WholeFrames
) -> AsyncIterator[None]:
    """Refresh it as its own thread would, until the block ends; then close its port."""

    async def refresh() -> None:
        while True:
            one.refresh()
            await asyncio.sleep(REFRESH_S)

    try:
        async with asyncio.TaskGroup() as group:
            task = group.create_task(refresh())
            yield
            task.cancel()
    finally:
        channel.close()
