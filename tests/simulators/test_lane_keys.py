"""Keys that drive the lane."""

import asyncio
import os
import termios
from pathlib import Path

from simulators.entrance import Entrance
from simulators.lane_deeds import Deed, LaneHands
from simulators.lane_keys import KEYS, drive, help_text


def test_every_deed_has_a_key() -> None:
    """And stands in the list."""
    assert set(KEYS.values()) == set(Deed)
    assert all(f"  {key}  " in help_text() for key in KEYS)


async def test_a_key_is_a_deed_and_the_terminal_stays_as_it_was(tmp_path: Path) -> None:
    """Without Enter; a key without a meaning shows what there is."""
    hand, terminal = os.openpty()
    before = termios.tcgetattr(terminal)
    said: asyncio.Queue[str] = asyncio.Queue()
    async with Entrance(tmp_path, lane_pace=0.02, seed=1) as entrance, asyncio.TaskGroup() as group:
        hands = LaneHands(entrance, None)
        driving = group.create_task(drive(hands, terminal, said.put_nowait))
        await asyncio.sleep(0)
        os.write(hand, b"f?w")
        assert await said.get() == (
            "fire contact: open / well again: open: the lane is free [FIRE: free both ways]"
        )
        assert (await said.get()).startswith("keys:")
        assert await said.get() == "walk in: through [FIRE: free both ways]"
        driving.cancel()
    assert termios.tcgetattr(terminal) == before
    os.close(hand)
    os.close(terminal)
