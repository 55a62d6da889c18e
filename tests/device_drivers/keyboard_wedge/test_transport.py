"""The input device of a keyboard, with a FIFO in its place."""

from pathlib import Path

import pytest

from access_core.errors import DeviceUnavailable
from device_drivers.keyboard_wedge.transport import InputNode
from simulators.keyboard import SimulatedKeyboard


async def test_events_come_as_they_are(tmp_path: Path) -> None:
    """Bytes of the node, and whether more wait."""
    with SimulatedKeyboard(tmp_path / "kbd") as keyboard:
        node = InputNode(str(tmp_path / "kbd"))
        assert not node.has_bytes_waiting()
        keyboard.send(keyboard.key(2))
        assert node.has_bytes_waiting()
        assert await node.read() == keyboard.key(2)
        node.close()
        node.close()


async def test_a_node_that_vanishes_says_so(tmp_path: Path) -> None:
    """Pulled out in the middle: the reader ends with what to check."""
    with SimulatedKeyboard(tmp_path / "kbd") as keyboard:
        node = InputNode(str(tmp_path / "kbd"))
        keyboard.unplug()
        with pytest.raises(DeviceUnavailable, match="check the cable"):
            await node.read()
        node.close()


@pytest.mark.parametrize(
    ("name", "words"), [("absent", "no such device"), ("file", "not an input device")]
)
def test_what_cannot_be_taken_for_oneself_is_not_read(
    tmp_path: Path, name: str, words: str
) -> None:
    """A path that is not there, and one that is no keyboard, each with what to check."""
    (tmp_path / "file").touch()
    with pytest.raises(DeviceUnavailable, match=words):
        InputNode(str(tmp_path / name))
