"""Waiting for a descriptor."""

import asyncio
import os

from device_drivers.transports.readiness import is_readable, until_readable, until_writable


async def test_a_cancelled_wait_loses_nothing() -> None:
    """Bytes that came meanwhile are still there for the next."""
    reading, writing = os.pipe()
    try:
        async with asyncio.TaskGroup() as group:
            waiting = group.create_task(until_readable(reading))
            await asyncio.sleep(0)
            waiting.cancel()
        before = is_readable(reading)
        os.write(writing, b"x")
        await until_readable(reading)
        assert (before, is_readable(reading)) == (False, True)
        assert os.read(reading, 9) == b"x"
        await until_writable(writing)
    finally:
        os.close(reading)
        os.close(writing)
