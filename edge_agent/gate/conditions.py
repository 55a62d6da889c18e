"""What devices say of themselves and of the lane, as kinds of access event."""

from typing import assert_never

from access_core.devices.events import (
    DeviceUntrusted,
    DoorAlarm,
    FaultChanged,
    LaneAlarm,
    TamperChanged,
)
from access_core.model.access_event import AccessEventKind as Kind

Condition = DoorAlarm | TamperChanged | FaultChanged | DeviceUntrusted

_OF_ALARM = {
    LaneAlarm.WRONG_DIRECTION: Kind.WRONG_DIRECTION,
    LaneAlarm.TAILGATING: Kind.TAILGATING,
    LaneAlarm.INTRUSION: Kind.DOOR_FORCED,
}
"""Alarms that have a kind of their own. The others are a plain alarm of the door."""


def kind_of(condition: Condition) -> Kind:
    """The kind under which it is recorded; the end of any alarm of the door is a plain one."""
    match condition:
        case DoorAlarm():
            own = _OF_ALARM.get(condition.kind) if condition.is_active else None
            return own or Kind.DOOR_ALARM
        case TamperChanged():
            return Kind.TAMPER_ACTIVATED if condition.is_active else Kind.TAMPER_CLEARED
        case FaultChanged():
            return Kind.OUT_OF_ORDER if condition.is_active else Kind.BACK_IN_ORDER
        case DeviceUntrusted():
            return Kind.DEVICE_UNTRUSTED
        case _:
            assert_never(condition)


def in_words(condition: Condition) -> str:
    """What is recorded beside the kind: which device says so, and in what words."""
    if isinstance(condition, DoorAlarm):
        state = "on" if condition.is_active else "off"
        named = "" if condition.kind is LaneAlarm.OTHER else f"{condition.kind}: "
        return f"{state}: {named}{condition.detail}"
    return f"{condition.origin.device}: {condition.detail}"
