"""Settings of a door on pins."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from device_drivers.gpio_door.settings import RISK, GpioDoorSettings
from device_drivers.lane.points import Point

EXAMPLE = Path(__file__).parents[3] / "deploy" / "edge" / "door_on_pins.example.toml"
DOOR: dict[str, Any] = {
    "release_ends_by": "timed_relay",
    "release": {"line": 0},
    "door_contact": {"line": 1},
}


def test_what_ends_a_release_when_the_program_is_killed_must_be_said() -> None:
    """A timed relay, a watchdog relay, or the risk in words; silence is refused."""
    silent = {key: value for key, value in DOOR.items() if key != "release_ends_by"}
    with pytest.raises(ValidationError, match="release_ends_by"):
        GpioDoorSettings.model_validate(silent)
    with pytest.raises(ValidationError, match=RISK):
        GpioDoorSettings.model_validate(DOOR | {"release_ends_by": "this program"})
    for taken in ("timed_relay", RISK):
        settings = GpioDoorSettings.model_validate(DOOR | {"release_ends_by": taken})
        assert settings.release_ends_by == taken


def test_a_watchdog_relay_needs_its_line() -> None:
    """Whoever relies on a heartbeat names the line that gives it."""
    watched = DOOR | {"release_ends_by": "heartbeat"}
    with pytest.raises(ValidationError, match="feeds the watchdog relay"):
        GpioDoorSettings.model_validate(watched)
    settings = GpioDoorSettings.model_validate(watched | {"heartbeat": {"line": 9}})
    assert list(settings.outputs) == ["release", "heartbeat"]


def test_a_door_that_nobody_sees_opening_is_refused() -> None:
    """A contact or a passage input must be there."""
    blind = {key: value for key, value in DOOR.items() if key != "door_contact"}
    with pytest.raises(ValidationError, match="door_contact: a door needs this"):
        GpioDoorSettings.model_validate(blind)


def test_one_line_is_one_thing() -> None:
    """Two names on one line are refused."""
    with pytest.raises(ValidationError, match="line 1 stands for two things"):
        GpioDoorSettings.model_validate(DOOR | {"fire": {"line": 1}})


def test_a_passage_input_goes_before_the_contact() -> None:
    """With a contact alone the opening of a released door is its passage."""
    assert GpioDoorSettings.model_validate(DOOR).watch_rules.passage_signal == "none"
    sensed = GpioDoorSettings.model_validate(DOOR | {"passage_exit": {"line": 2}})
    assert sensed.watch_rules.passage_signal == "pulse"
    assert list(sensed.points) == [Point.PASSAGE_EXIT, Point.DOOR_CONTACT]


def test_the_example_shows_every_key() -> None:
    """The example in deploy/ is valid as it is, shows each key, and its defaults are true."""
    text = EXAMPLE.read_text(encoding="utf-8")
    as_is = tomllib.loads(text)["door"]
    full = tomllib.loads(re.sub(r"^# (\w+ = )", r"\1", text, flags=re.MULTILINE))["door"]
    assert as_is.pop("id") == full.pop("id")
    assert set(full) == set(GpioDoorSettings.model_fields)
    default = GpioDoorSettings.model_validate(as_is).model_dump()
    shown = GpioDoorSettings.model_validate(full).model_dump()
    assert [key for key in shown if default[key] not in (None, shown[key])] == []
