"""Register profiles."""

import pytest
from pydantic import ValidationError

from device_drivers.modbus_turnstile.profile import RegisterProfile


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


def test_a_misspelt_part_is_refused() -> None:
    """An unknown key or part is named, not ignored."""
    with pytest.raises(ValidationError, match="firre"):
        RegisterProfile.model_validate({"firre": {"address": 3}})
    with pytest.raises(ValidationError, match="absent"):
        RegisterProfile.model_validate({"absent": ["alarmm"]})
