"""Keeping a device connected."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Awaitable, Callable

from access_core.devices.events import DeviceEvent, DeviceLost, DeviceReady
from access_core.errors import DeviceUnavailable
from access_core.ids import DeviceId
from device_drivers.supervised import Backoff, SupervisedDevice
from device_drivers.system_clock import SystemClock

QUICK = Backoff(first_ms=1, longest_ms=4)


def _device() -> SupervisedDevice:
    return SupervisedDevice(DeviceId("door-1"), SystemClock(), backoff=QUICK)


@contextlib.asynccontextmanager
async def _running(
    device: SupervisedDevice, serve: Callable[[], Awaitable[None]]
) -> AsyncIterator[AsyncIterator[DeviceEvent]]:
    async with asyncio.TaskGroup() as group:
        task = group.create_task(device.run(serve))
        yield device.events()
        task.cancel()


async def test_a_device_that_stays_away_is_reported_lost_once() -> None:
    """Ten failed attempts make one DeviceLost, with the reason in words."""
    device, attempts, tenth = _device(), 0, asyncio.Event()

    async def serve() -> None:
        nonlocal attempts
        attempts += 1
        if attempts == 10:
            tenth.set()
        raise DeviceUnavailable("no such port")

    async with _running(device, serve) as events:
        await tenth.wait()
        lost = await anext(events)
        assert isinstance(lost, DeviceLost)
        assert lost.reason == "no such port"
        assert lost.origin.epoch == 0
        assert not device._queue._events


async def test_each_connection_is_its_own_epoch() -> None:
    """Ready and lost come once each per connection, and sequences begin again at 1."""
    device = _device()

    async def serve() -> None:
        await device.ready()
        raise DeviceUnavailable("cable")

    async with _running(device, serve) as events:
        seen = [await anext(events) for _ in range(4)]
    assert [type(event) for event in seen] == [DeviceReady, DeviceLost] * 2
    assert [(e.origin.epoch, e.origin.sequence) for e in seen] == [(1, 1), (1, 2), (2, 1), (2, 2)]


def test_waits_double_up_to_the_longest_and_are_jittered_downwards() -> None:
    """0.25 s doubles to 5 s; jitter takes off at most half, so no wait is longer."""
    backoff, jitter = Backoff(), random.Random(1)
    delays = [backoff.delay_ms(failures, jitter) for failures in range(1, 60)]
    for delay, full in zip(delays, [250, 500, 1000, 2000, 4000] + [5000] * 54, strict=True):
        assert full / 2 <= delay <= full


async def test_a_swallowed_cancellation_ends_the_device_all_the_same() -> None:
    """A library that turns a cancellation into a failure does not keep the device running."""
    device, is_serving = _device(), asyncio.Event()

    async def serve() -> None:
        is_serving.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            raise DeviceUnavailable("taken for a failure") from None

    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        task = group.create_task(device.run(serve))
        await is_serving.wait()
        task.cancel()
    assert task.cancelled()
