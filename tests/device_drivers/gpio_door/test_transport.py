"""The real binding, as far as a machine without a GPIO chip can show it."""

import sys
from pathlib import Path

import gpiod
import pytest

from access_core.errors import DeviceUnavailable
from device_drivers.gpio_door.settings import GpioDoorSettings
from device_drivers.gpio_door.transport import open_chip


def settings_on(chip: Path) -> GpioDoorSettings:
    """A door on `chip`."""
    return GpioDoorSettings.model_validate(
        {
            "chip": str(chip),
            "release_ends_by": "timed_relay",
            "release": {"line": 0},
            "door_contact": {"line": 1, "active_low": True, "bias": "pull_up"},
        }
    )


def test_the_binding_is_version_two() -> None:
    """What the driver calls is there under that name."""
    assert gpiod.__version__.startswith("2.")
    assert callable(gpiod.request_lines)
    assert {"get_values", "set_value", "release"} <= set(dir(gpiod.LineRequest))


def test_a_missing_chip_says_what_to_check(tmp_path: Path) -> None:
    """The binding's own error is told with the cure."""
    with pytest.raises(DeviceUnavailable, match="check `chip` and the line numbers with gpioinfo"):
        open_chip(settings_on(tmp_path / "gpiochip9"))


def test_what_is_no_chip_says_what_to_check(tmp_path: Path) -> None:
    """A file that is not a chip is refused by the binding, in the same words."""
    (tmp_path / "chip").touch()
    with pytest.raises(DeviceUnavailable, match="gpioinfo"):
        open_chip(settings_on(tmp_path / "chip"))


def test_without_the_extra_it_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A gate without the binding is told which extra to install."""
    monkeypatch.setitem(sys.modules, "gpiod", None)
    with pytest.raises(DeviceUnavailable, match="extra `gpio`"):
        open_chip(settings_on(tmp_path / "gpiochip9"))
