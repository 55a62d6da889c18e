"""Waiting for what other programs do: they set no event here, so one looks again and again."""

import asyncio
from collections.abc import Awaitable, Callable

from access_core.errors import AccessControlError

LOOK_EVERY_S = 0.2


class TookTooLong(AccessControlError):
    """Something that had to come did not come in time; the message says what."""


async def until(is_so: Callable[[], Awaitable[bool]], otherwise: str, *, limit_s: float) -> None:
    """Look until `is_so()`; TookTooLong with the words of `otherwise` after `limit_s`."""
    try:
        async with asyncio.timeout(limit_s):
            while not await is_so():  # noqa: ASYNC110 - see the head of this file
                await asyncio.sleep(LOOK_EVERY_S)
    except TimeoutError:
        raise TookTooLong(f"{otherwise} (waited {limit_s:.0f} s)") from None
