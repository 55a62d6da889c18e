"""The register profiles that come with the product."""

import typing

import pytest
from pydantic import ValidationError

from access_core.devices.events import LaneAlarm
from device_drivers.lane.points import Point
from device_drivers.modbus_turnstile.profile import RegisterProfile
from device_drivers.modbus_turnstile.settings import ModbusTurnstileSettings
from device_drivers.modbus_turnstile.shipped_profiles import completed, shipped

NAMES = typing.get_args(RegisterProfile.model_fields["name"].annotation)
LINE = {"port": "/dev/ttyS0"}


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_profile_is_valid_and_fails_safe(name: str) -> None:
    """Each can tell a passage, ends a release in hardware, and frees if the fire signal is lost."""
    profile = RegisterProfile.model_validate(completed({"name": name}))
    assert profile.has_own_timer
    assert not profile.without_timer
    assert profile.fire.active_low
    assert Point.FIRE in profile.points
    addresses = [wired.address for wired in profile.points.values()]
    assert len(set(addresses)) == len(addresses)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "generic"])
def test_profiles_for_relay_boards_fit_eight_inputs(name: str) -> None:
    """Whatever hangs behind the common board of eight uses its eight inputs and no more."""
    profile = RegisterProfile.model_validate(completed({"name": name}))
    assert {wired.address for wired in profile.points.values()} <= set(range(8))


def test_settings_choose_a_profile_by_name() -> None:
    """The name brings the profile's values; what stands beside it in the settings wins."""
    settings = ModbusTurnstileSettings.model_validate(
        {"line": LINE, "profile": {"name": "flap", "hold_ms": 7_000}}
    )
    profile = settings.profile
    assert (profile.release_mode, profile.passage_signal) == ("hold", "level")
    assert (profile.hold_ms, profile.name) == (7_000, "flap")
    assert profile.alarm_means is LaneAlarm.OTHER


def test_an_unknown_name_is_refused_with_the_right_ones() -> None:
    """A misspelt profile is named beside those that there are."""
    assert shipped("../settings") == shipped("flapp") == {}
    with pytest.raises(ValidationError, match="'relay_board_8', 'tripod', 'flap'"):
        ModbusTurnstileSettings.model_validate({"line": LINE, "profile": {"name": "flapp"}})
