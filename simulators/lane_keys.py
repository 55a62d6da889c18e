"""Keys in a terminal that drive the lane: one key, one deed."""

import asyncio
import os
import termios
import tty
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final

from simulators.lane_deeds import DEED_WORDS, Deed, LaneHands
from simulators.lane_picture import in_words

KEYS: Final[dict[str, Deed]] = {
    "s": Deed.SHOW_CODE,
    "o": Deed.SCAN_CODE_OUT,
    "c": Deed.PRESENT_CARD,
    "x": Deed.PRESENT_UNKNOWN_CARD,
    "w": Deed.WALK_IN,
    "e": Deed.WALK_OUT,
    "t": Deed.TAILGATE,
    "b": Deed.STEP_BACK,
    "n": Deed.DO_NOT_WALK,
    "f": Deed.FIRE,
    "r": Deed.RESET_KEY,
    "u": Deed.UNPLUG_READER,
    "d": Deed.UNPLUG_TURNSTILE,
    "p": Deed.POWER_CYCLE,
}


def help_text() -> str:
    """Every key with what it does."""
    return "\n".join(f"  {key}  {DEED_WORDS[deed]}" for key, deed in KEYS.items())


async def drive(hands: LaneHands, terminal: int, say: Callable[[str], None]) -> None:
    """Do what the keys typed at `terminal` (a file descriptor) say, until it is closed.

    A key without a meaning shows what there is. The terminal is left as it was.
    """
    async with _keys(terminal) as typed:
        async for key in typed:
            deed = KEYS.get(key)
            if deed is None:
                say(f"keys:\n{help_text()}")
                continue
            came_of_it = await hands.do(deed)
            say(f"{DEED_WORDS[deed]}: {came_of_it} [{in_words(hands.state())}]")


@asynccontextmanager
async def _keys(terminal: int) -> AsyncIterator[AsyncIterator[str]]:
    """The keys typed, one by one, without Enter; Ctrl-C keeps its meaning."""
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[str] = asyncio.Queue()

    def read() -> None:
        try:
            data = os.read(terminal, 64)
        except OSError:
            data = b""
        if not data:
            loop.remove_reader(terminal)
        queue.put_nowait(data.decode(errors="replace"))

    async def one_by_one() -> AsyncIterator[str]:
        while typed := await queue.get():
            for key in typed:
                yield key

    before = termios.tcgetattr(terminal)
    tty.setcbreak(terminal)
    loop.add_reader(terminal, read)
    try:
        yield one_by_one()
    finally:
        loop.remove_reader(terminal)
        termios.tcsetattr(terminal, termios.TCSAFLUSH, before)
