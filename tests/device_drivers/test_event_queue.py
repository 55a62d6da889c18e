"""Events on their way to their consumer."""

import asyncio

from access_core.clock import Instant
from access_core.devices.events import (
    CredentialPresented,
    DeviceEvent,
    Direction,
    Medium,
    Origin,
    PassageSensed,
)
from access_core.ids import DeviceId
from device_drivers.event_queue import EventQueue


def _origin(sequence: int) -> Origin:
    return Origin(device=DeviceId("d"), epoch=1, sequence=sequence, at=Instant(0, 0))


def _read(sequence: int) -> DeviceEvent:
    return CredentialPresented(origin=_origin(sequence), medium=Medium.QR, payload=b"x")


def _passage(sequence: int) -> DeviceEvent:
    return PassageSensed(origin=_origin(sequence), direction=Direction.ENTRY)


async def _take(queue: EventQueue, count: int) -> list[int]:
    stream = queue.stream()
    return [(await anext(stream)).origin.sequence for _ in range(count)]


async def test_order_is_kept() -> None:
    """Events come out in the order they went in."""
    queue = EventQueue()
    for number in range(5):
        await queue.put(_read(number))
    assert await _take(queue, 5) == [0, 1, 2, 3, 4]


async def test_a_full_queue_drops_the_oldest_read_and_keeps_passages() -> None:
    """A read nobody looked at gives way; what the door reported never does."""
    queue = EventQueue(capacity=3)
    for event in (_passage(0), _read(1), _read(2), _passage(3)):
        await queue.put(event)
    assert await _take(queue, 3) == [0, 2, 3]
    assert queue.credentials_dropped == 1


async def test_a_queue_full_of_passages_lets_the_device_wait() -> None:
    """With nothing but facts in the queue, putting waits for the consumer."""
    queue = EventQueue(capacity=2)
    await queue.put(_passage(0))
    await queue.put(_passage(1))
    async with asyncio.TaskGroup() as group:
        late = group.create_task(queue.put(_passage(2)))
        await asyncio.sleep(0)
        assert not late.done()
        assert await _take(queue, 3) == [0, 1, 2]
