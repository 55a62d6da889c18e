"""The simulated keyboard gives events as linux/input.h has them."""

import os
import struct
from pathlib import Path

from simulators.keyboard import SimulatedKeyboard


def test_a_key_is_scan_code_down_and_up(tmp_path: Path) -> None:
    """Five events of 24 bytes: the layout of `struct input_event` where a long has 8 bytes."""
    with SimulatedKeyboard(tmp_path / "kbd") as keyboard:
        node = os.open(tmp_path / "kbd", os.O_RDONLY | os.O_NONBLOCK)
        keyboard.send(keyboard.key(30))
        events = list(struct.iter_unpack("llHHi", os.read(node, 4096)))
        os.close(node)
    assert [event[2:] for event in events] == [
        (4, 4, 0x70000 + 30),
        (1, 30, 1),
        (0, 0, 0),
        (1, 30, 0),
        (0, 0, 0),
    ]


def test_unplugged_the_node_is_gone(tmp_path: Path) -> None:
    """And plugged in it is there again."""
    with SimulatedKeyboard(tmp_path / "kbd") as keyboard:
        keyboard.unplug()
        before = (tmp_path / "kbd").exists()
        keyboard.plug_in()
        assert (before, (tmp_path / "kbd").exists()) == (False, True)
