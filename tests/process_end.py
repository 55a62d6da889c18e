"""The end of a process that is not a child of the test."""

import asyncio
import os

PATIENCE_S = 20


async def until_ended(descriptor: int) -> None:
    """Wait for the end of a process watched with `os.pidfd_open`, and let go of the descriptor."""
    ended = asyncio.Event()
    asyncio.get_running_loop().add_reader(descriptor, ended.set)
    async with asyncio.timeout(PATIENCE_S):
        await ended.wait()
    asyncio.get_running_loop().remove_reader(descriptor)
    os.close(descriptor)
