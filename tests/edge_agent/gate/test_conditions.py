"""What devices say of themselves, as kinds of access event."""

import pytest

from access_core.devices.events import (
    DeviceUntrusted,
    DoorAlarm,
    FaultChanged,
    LaneAlarm,
    TamperChanged,
)
from access_core.model.access_event import AccessEventKind as Kind
from edge_agent.gate.conditions import Condition, in_words, kind_of
from tests.builders import origin


def _alarm(kind: LaneAlarm, *, is_active: bool = True) -> DoorAlarm:
    return DoorAlarm(origin=origin(), is_active=is_active, detail="input 5", kind=kind)


@pytest.mark.parametrize(
    ("condition", "kind"),
    [
        (_alarm(LaneAlarm.WRONG_DIRECTION), Kind.WRONG_DIRECTION),
        (_alarm(LaneAlarm.TAILGATING), Kind.TAILGATING),
        (_alarm(LaneAlarm.INTRUSION), Kind.DOOR_FORCED),
        (_alarm(LaneAlarm.OTHER), Kind.DOOR_ALARM),
        (_alarm(LaneAlarm.TAILGATING, is_active=False), Kind.DOOR_ALARM),
        (TamperChanged(origin=origin(), is_active=True, detail="lid"), Kind.TAMPER_ACTIVATED),
        (TamperChanged(origin=origin(), is_active=False, detail="lid"), Kind.TAMPER_CLEARED),
        (FaultChanged(origin=origin(), is_active=True, detail="motor"), Kind.OUT_OF_ORDER),
        (FaultChanged(origin=origin(), is_active=False, detail="motor"), Kind.BACK_IN_ORDER),
        (DeviceUntrusted(origin=origin(), detail="wrong key"), Kind.DEVICE_UNTRUSTED),
    ],
)
def test_each_condition_has_its_kind(condition: Condition, kind: Kind) -> None:
    """Beginning and end are told apart; the end of an alarm is not a second one of its kind."""
    assert kind_of(condition) is kind


def test_the_words_name_the_device_and_what_it_says() -> None:
    """An engineer reads which device it was; an alarm of the door says whether it is on."""
    fault = FaultChanged(origin=origin(), is_active=True, detail="motor")
    assert in_words(fault) == f"{origin().device}: motor"
    assert in_words(_alarm(LaneAlarm.TAILGATING)) == "on: tailgating: input 5"
    assert in_words(_alarm(LaneAlarm.OTHER, is_active=False)) == "off: input 5"
