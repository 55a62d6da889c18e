"""The newest frame wins."""

import asyncio

import numpy as np
import pytest

from access_core.clock import Instant
from access_core.errors import DeviceUnavailable
from device_drivers.qr_camera.mailbox import Mailbox
from device_drivers.qr_camera.transport import Frame


def _frame(number: int) -> Frame:
    return Frame(Instant(number, number), np.zeros((1, 1), np.uint8), is_fresh=True)


async def test_a_newer_frame_takes_the_place_of_an_older() -> None:
    """Of three frames left while nobody looked, the last is fetched, once."""
    mailbox = Mailbox(asyncio.get_running_loop())
    for number in range(3):
        await asyncio.to_thread(mailbox.put, _frame(number))
    assert (await mailbox.next()).at.mono_ns == 2
    assert mailbox.overtaken == 2
    mailbox.put(_frame(3))
    assert (await mailbox.next()).at.mono_ns == 3


async def test_the_last_frame_comes_before_the_failure() -> None:
    """What was seen before the camera went is still looked at."""
    mailbox = Mailbox(asyncio.get_running_loop())
    mailbox.put(_frame(1))
    mailbox.fail(DeviceUnavailable("cable"))
    await asyncio.sleep(0)
    assert (await mailbox.next()).at.mono_ns == 1
    with pytest.raises(DeviceUnavailable, match="cable"):
        await mailbox.next()


async def test_a_failure_wakes_who_waits() -> None:
    """Nobody waits for a frame that cannot come."""
    mailbox = Mailbox(asyncio.get_running_loop())
    async with asyncio.TaskGroup() as group:

        async def wait() -> None:
            with pytest.raises(DeviceUnavailable):
                await mailbox.next()

        group.create_task(wait())
        await asyncio.sleep(0)
        mailbox.fail(DeviceUnavailable("cable"))
