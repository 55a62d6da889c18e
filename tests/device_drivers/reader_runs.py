"""Running a reader's driver for the length of a block."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from access_core.devices.events import CredentialPresented, DeviceEvent, DeviceReady
from access_core.devices.ports import Driver


@contextlib.asynccontextmanager
async def reading(driver: Driver) -> AsyncIterator[AsyncIterator[DeviceEvent]]:
    """What `driver` reports once it has said that it is ready."""
    async with asyncio.TaskGroup() as group:
        task = group.create_task(driver.run())
        events = driver.events()
        assert isinstance(await anext(events), DeviceReady)
        yield events
        task.cancel()


async def next_read(events: AsyncIterator[DeviceEvent]) -> CredentialPresented:
    """The next event, which must be a read."""
    event = await anext(events)
    assert isinstance(event, CredentialPresented), event
    return event
