"""Settings of a door behind outputs of a peripheral."""

import pytest
from pydantic import ValidationError

from access_core.devices.events import Direction
from device_drivers.osdp_output.settings import OsdpOutputSettings


def the_settings(**more: object) -> OsdpOutputSettings:
    """Of a door as it comes."""
    return OsdpOutputSettings.model_validate(
        {"line": {"port": "/dev/ttyNone"}, "address": 0, "key_file": "/a.key"} | more
    )


def test_each_way_has_its_output() -> None:
    """A door has one for both, a lane two."""
    door, lane = the_settings(), the_settings(release_exit_output=1)
    assert {door.output_for(direction) for direction in Direction} == {0}
    assert (lane.output_for(Direction.ENTRY), lane.output_for(Direction.EXIT)) == (0, 1)


@pytest.mark.parametrize("more", [{"release_ms": 50}, {"release_entry_output": 64}])
def test_what_the_protocol_cannot_say_is_refused(more: dict[str, int]) -> None:
    """Shorter than a step of time, or an output beyond the last."""
    with pytest.raises(ValidationError, match="equal to"):
        the_settings(**more)
