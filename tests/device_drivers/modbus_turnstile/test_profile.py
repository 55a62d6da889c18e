"""Register profiles."""

import pytest
from pydantic import ValidationError

from device_drivers.lane.points import Point
from device_drivers.modbus_turnstile.profile import RISK, InputPoint, RegisterProfile


def test_the_default_profile_frees_on_the_loss_of_the_fire_signal() -> None:
    """Fire is normally closed: without the signal it is fire."""
    assert RegisterProfile().fire.active_low


def test_a_lane_whose_passages_nobody_sees_is_refused() -> None:
    """A board without counters and without passage inputs is refused, naming `absent`."""
    blind = ["count_registers", "passage_entry", "passage_exit"]
    with pytest.raises(ValidationError, match="absent: a lane needs count_registers"):
        RegisterProfile.model_validate({"absent": blind})


def test_counters_apart_are_refused() -> None:
    """Both counters are read in one question, so they must be neighbours."""
    with pytest.raises(ValidationError, match="must be entry_count_register"):
        RegisterProfile(entry_count_register=10, exit_count_register=12)


def test_without_a_passage_wire_a_door_contact_must_tell() -> None:
    """`passage_signal = "none"` needs a door contact, or nobody would ever be seen to pass."""
    nothing = {"passage_signal": "none", "absent": ["count_registers"]}
    with pytest.raises(ValidationError, match="a door_contact"):
        RegisterProfile.model_validate(nothing)
    with_contact = nothing | {"door_contact": {"address": 9}}
    assert Point.PASSAGE_ENTRY not in RegisterProfile.model_validate(with_contact).points


@pytest.mark.parametrize(
    ("mode", "timer", "is_safe"),
    [
        ("pulse", "turnstile", True),
        ("pulse", "coil_value", True),
        ("pulse", "none", False),
        ("hold", "turnstile", False),
        ("hold", "registers", True),
        ("hold", "none", False),
    ],
)
def test_a_lane_that_a_dead_program_leaves_open_needs_the_risk_in_words(
    mode: str, timer: str, is_safe: bool
) -> None:
    """Where nothing but this program ends a release, the settings must say so, or are refused."""
    keys = {"release_mode": mode, "pulse_timer": timer}
    if not is_safe:
        with pytest.raises(ValidationError, match="take the risk in words: without_timer"):
            RegisterProfile.model_validate(keys)
        with pytest.raises(ValidationError, match="without_timer"):
            RegisterProfile.model_validate(keys | {"without_timer": "yes"})
        keys["without_timer"] = RISK
    assert RegisterProfile.model_validate(keys).has_own_timer is is_safe


def test_inputs_far_apart_are_refused() -> None:
    """Reading hundreds of inputs would take longer than a passage pulse lasts."""
    with pytest.raises(ValidationError, match="within 128 addresses"):
        RegisterProfile(fire=InputPoint(address=500))


def test_what_a_board_lacks_is_not_looked_at() -> None:
    """Absent inputs have no address; the others come in the order of the terminals."""
    profile = RegisterProfile(absent=frozenset({"alarm", "reset_key"}))
    assert list(profile.points) == [
        Point.PASSAGE_ENTRY,
        Point.PASSAGE_EXIT,
        Point.OCCUPIED_ENTRY,
        Point.OCCUPIED_EXIT,
        Point.RELEASED,
        Point.FIRE,
    ]


def test_a_long_hold_is_not_taken_for_a_relay_that_sticks() -> None:
    """The limit for a lane that stays released lies beyond the longest release."""
    held = RegisterProfile(release_mode="hold", hold_ms=30_000, pulse_timer="coil_value")
    assert held.fault_limits.released_longest_ms > held.hold_ms


def test_a_misspelt_part_is_refused() -> None:
    """An unknown key or part is named, not ignored."""
    with pytest.raises(ValidationError, match="firre"):
        RegisterProfile.model_validate({"firre": {"address": 3}})
    with pytest.raises(ValidationError, match="absent"):
        RegisterProfile.model_validate({"absent": ["alarmm"]})
