"""Waiting for a descriptor. Nothing is read by waiting, so a cancelled wait loses nothing."""

import asyncio
import select
from collections.abc import Callable


async def until_readable(descriptor: int) -> None:
    """Return when reading `descriptor` would not wait; its end counts as readable."""
    loop = asyncio.get_running_loop()
    await _until_signalled(descriptor, loop.add_reader, loop.remove_reader)


async def until_writable(descriptor: int) -> None:
    """Return when writing to `descriptor` would not wait."""
    loop = asyncio.get_running_loop()
    await _until_signalled(descriptor, loop.add_writer, loop.remove_writer)


def is_readable(descriptor: int) -> bool:
    """True if reading would return at once: the loop was late, not the device."""
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(0))


async def _until_signalled(
    descriptor: int,
    watch: Callable[[int, Callable[[], None]], None],
    unwatch: Callable[[int], bool],
) -> None:
    ready = asyncio.Event()
    watch(descriptor, ready.set)
    try:
        await ready.wait()
    finally:
        unwatch(descriptor)
