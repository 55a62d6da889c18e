"""The register profiles that come with the product."""

import re
import typing
from pathlib import Path

import pytest
from pydantic import ValidationError

from access_core.devices.events import LaneAlarm
from device_drivers.lane.points import Point
from device_drivers.modbus_turnstile.profile import RegisterProfile
from device_drivers.modbus_turnstile.settings import ModbusTurnstileSettings
from device_drivers.modbus_turnstile.shipped_profiles import completed, shipped

NAMES = typing.get_args(RegisterProfile.model_fields["name"].annotation)
LINE = {"port": "/dev/ttyS0"}
PAGE = Path(__file__).parents[3] / "docs" / "how_to" / "wire_a_turnstile.md"
COILS = ("release_entry", "release_exit", "free", "secure")


def table_of_profiles() -> list[str]:
    """The terminals of every shipped profile, as the page shows them."""
    profiles = [RegisterProfile.model_validate(completed({"name": name})) for name in NAMES]
    rows = [("Terminal", *(f"`{name}`" for name in NAMES)), ("---",) * (len(NAMES) + 1)]
    for coil in range(4):
        names = [
            next((name for name in COILS if getattr(each, f"{name}_coil") == coil), "")
            for each in profiles
        ]
        rows.append((f"coil {coil}", *(name.replace("_", " ") for name in names)))
    for address in range(8):
        cells = []
        for each in profiles:
            found = [(p, w) for p, w in each.points.items() if w.address == address]
            words = [f"{p.replace('_', ' ')}{' °' if w.active_low else ''}" for p, w in found]
            cells.append(", ".join(words))
        rows.append((f"input {address}", *cells))
    rows.append(("passage shown by", *(_passage_words(each) for each in profiles)))
    rows.append(("opened by", *(f"{each.release_mode}, {each.signal_ms} ms" for each in profiles)))
    rows.append(("ended by", *(f"`{each.pulse_timer}`" for each in profiles)))
    rows.append(("`alarm` means", *(_alarm_words(each) for each in profiles)))
    return [f"| {' | '.join(row)} |".replace("|  |", "| |").replace("|  |", "| |") for row in rows]


def _passage_words(profile: RegisterProfile) -> str:
    return "counters" if profile.watch_rules.has_counters else profile.passage_signal


def _alarm_words(profile: RegisterProfile) -> str:
    if Point.ALARM not in profile.points:
        return "–"
    return profile.alarm_means.replace("_", " ")


def test_the_page_shows_the_profiles_as_they_are() -> None:
    """The table in "wire a turnstile" is made of the shipped profiles."""
    shown = re.search(
        r"<!-- profiles -->\n(.*?)<!-- /profiles -->", PAGE.read_text(encoding="utf-8"), re.DOTALL
    )
    assert shown
    assert shown.group(1).splitlines() == table_of_profiles()


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
