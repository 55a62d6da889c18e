"""Settings of a door behind outputs of a peripheral."""

import re
import tomllib
from pathlib import Path
from typing import Any, Final

import pytest
from pydantic import ValidationError

from access_core.devices.events import Direction
from device_drivers.osdp_bus.service import OsdpBus
from device_drivers.osdp_output.settings import OsdpOutputSettings
from device_drivers.osdp_reader.settings import OsdpReaderSettings
from device_drivers.system_clock import SystemClock
from device_drivers.transports.serial_settings import SerialLineSettings

EXAMPLE: Final = Path(__file__).parents[3] / "deploy" / "edge" / "gate_over_osdp.example.toml"


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


def test_the_example_shows_every_key_and_agrees_on_its_line() -> None:
    """Readers and door of the shipped example are valid, on one line, with one key an address."""
    text = EXAMPLE.read_text(encoding="utf-8")
    example = tomllib.loads(re.sub(r"(?m)^# (?=[a-z_]+ = )", "", text))
    place_of = {"id", "access_point"}
    readers = [
        OsdpReaderSettings.model_validate(without(table, place_of)) for table in example["readers"]
    ]
    door = OsdpOutputSettings.model_validate(without(example["door"], place_of))
    bus = OsdpBus(door, SystemClock())
    for number, device in enumerate([*readers, door]):
        bus.join(f"device {number}", device)
    assert set(OsdpReaderSettings.model_fields) <= set(example["readers"][0])
    assert set(OsdpOutputSettings.model_fields) <= set(example["door"])
    assert set(SerialLineSettings.model_fields) == set(example["readers"][0]["line"])


def without(table: dict[str, Any], keys: set[str]) -> dict[str, Any]:
    """The table but for some keys."""
    return {key: value for key, value in table.items() if key not in keys}
