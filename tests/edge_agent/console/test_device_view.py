"""A device in words."""

import pytest

from access_core.clock import Instant
from access_core.devices.health import DeviceHealth, DeviceState
from access_core.ids import DeviceId
from edge_agent.console.device_view import (
    ago,
    device_line,
    has_picture,
    input_lines,
    outputs,
    picture_of,
)
from tests.edge_agent.console.a_console import CAMERA, DOOR, ViewedTwinReader, WiredTwinDoor
from tests.facts import AT
from tests.twins import TwinReader


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (None, "never"),
        (AT.plus_ms(-300), "0.3 s ago"),
        (AT.plus_ms(-120_000), "2 min ago"),
        (AT.plus_ms(-5_400_000), "1.5 h ago"),
    ],
)
def test_how_long_ago_is_said_for_people(moment: Instant | None, words: str) -> None:
    """In seconds, minutes or hours."""
    assert ago(moment, AT).en == words


@pytest.mark.parametrize("state", DeviceState)
def test_every_state_has_a_sign_and_words(state: DeviceState) -> None:
    """No two have the same sign, and counters read as words."""
    health = DeviceHealth(
        device=DeviceId("x"),
        state=state,
        reason="",
        epoch=2,
        last_good=None,
        counters={"junk_lines": 3, "bad_crc": 1},
    )
    line = device_line(health, AT)
    assert line.sign
    assert line.words.zh
    assert line.counters == (("bad crc", 1), ("junk lines", 3))


def test_only_what_a_device_has_is_shown() -> None:
    """Inputs and outputs of a wired one, the picture of one that sees, nothing of any other."""
    door, camera, plain = WiredTwinDoor(DOOR), ViewedTwinReader(CAMERA), TwinReader(CAMERA)
    assert [line.sign for line in input_lines(door)] == ["●", "○", "?"]
    assert outputs(door) == ("release in", "release out")
    assert has_picture(camera)
    assert picture_of(camera) is not None
    for device in (camera, plain):
        assert input_lines(device) == ()
        assert outputs(device) == ()
    assert picture_of(plain) is None
