"""A driver at work on its stand, and everything it has reported so far."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from access_core.devices.commands import ReleaseDoor, ReleaseResult
from access_core.devices.events import CredentialPresented, DeviceEvent, DeviceReady, Direction
from access_core.devices.ports import DoorDriver
from access_core.ids import CommandId
from device_drivers.system_clock import SystemClock
from tests.contracts.stand import Stand, StandEntry, Wire

PATIENCE_S = 10
EventT = TypeVar("EventT")


@dataclass
class AtWork:
    """A stand whose driver runs. Events are kept until they are asked for, none is lost."""

    stand: Stand
    reported: list[DeviceEvent] = field(default_factory=list)
    """Everything since the start."""
    looked_at: int = 0
    """How many of them `next` has handed out or passed over."""
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    acts: int = 0
    """How often something was presented, or somebody went through."""
    presented: set[bytes] = field(default_factory=set)
    """What was presented."""

    async def act(self) -> None:
        """Let a person act once."""
        await self.stand.act()
        self.acts += 1
        if self.stand.payload is not None:
            self.presented.add(self.stand.payload())

    async def next(self, kind: type[EventT]) -> EventT:
        """The next event of this kind; others before it are passed over."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                while self.looked_at < len(self.reported):
                    event = self.reported[self.looked_at]
                    self.looked_at += 1
                    if isinstance(event, kind):
                        return event
                self.arrived.clear()
                await self.arrived.wait()

    async def act_until_reported(self, kind: type[EventT]) -> EventT:
        """Act again and again, as people do, until an act is reported; its event.

        For when the device may be away for a moment, so that an act may go unseen.
        """
        async with asyncio.timeout(PATIENCE_S):
            while True:
                self.looked_at = len(self.reported)
                await self.act()
                for _ in range(20):
                    await asyncio.sleep(0.02)
                    if found := self._about_this_act(kind):
                        return found[0]

    def _about_this_act(self, kind: type[EventT]) -> list[EventT]:
        payload = self.stand.payload() if self.stand.payload else None
        return [
            event
            for event in self.reported[self.looked_at :]
            if isinstance(event, kind)
            and (not isinstance(event, CredentialPresented) or event.payload == payload)
        ]

    async def next_fresh_read(self) -> CredentialPresented:
        """Present something again and again until a read is fresh; that read."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                await self.act()
                read = await self.next(CredentialPresented)
                if read.is_fresh:
                    return read
                await asyncio.sleep(0.3)

    def count(self, kind: type[DeviceEvent]) -> int:
        """How many events of this kind there have been."""
        return sum(isinstance(event, kind) for event in self.reported)

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Return once `is_so()`; looked at every 10 ms, for what no event tells."""
        async with asyncio.timeout(PATIENCE_S):
            while not is_so():  # noqa: ASYNC110 - no event tells of it
                await asyncio.sleep(0.01)

    async def release(self, name: str, within_ms: int = 2_000) -> ReleaseResult:
        """Order a release for entry, to be sent within so many ms (negative: too late already)."""
        door: DoorDriver = self.stand.driver  # type: ignore[assignment]
        command = ReleaseDoor(
            command_id=CommandId(name),
            direction=Direction.ENTRY,
            deadline=SystemClock().now().plus_ms(within_ms),
            reason="GRANTED",
            issued_by="gate",
        )
        return await door.release(command)

    async def hear(self) -> None:
        """Keep what the driver reports; runs until cancelled."""
        async for event in self.stand.driver.events():
            self.reported.append(event)
            self.arrived.set()


@contextlib.asynccontextmanager
async def running(stand: Stand) -> AsyncIterator[AtWork]:
    """The driver of `stand` at work and ready; cancelled at the end."""
    work = AtWork(stand)
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(run()) for run in stand.services]
        tasks += [group.create_task(stand.driver.run()), group.create_task(work.hear())]
        await work.next(DeviceReady)
        yield work
        for task in tasks:
            task.cancel()


@contextlib.asynccontextmanager
async def at_work(entry: StandEntry, folder: Path, wire: Wire) -> AsyncIterator[AtWork]:
    """The stand of `entry` laid, its driver at work and ready."""
    async with entry.lay(folder, wire) as stand, running(stand) as work:
        yield work
