"""The inputs of a lane by their meaning, and one reading of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from access_core.clock import Instant
from access_core.devices.events import Direction, LaneAlarm


class Point(StrEnum):
    """The inputs a lane may have; named as in the profiles."""

    PASSAGE_ENTRY = "passage_entry"
    PASSAGE_EXIT = "passage_exit"
    OCCUPIED_ENTRY = "occupied_entry"
    OCCUPIED_EXIT = "occupied_exit"
    RELEASED = "released"
    READY = "ready"
    ALARM = "alarm"
    ALARM_WRONG_DIRECTION = "alarm_wrong_direction"
    ALARM_TAILGATING = "alarm_tailgating"
    ALARM_INTRUSION = "alarm_intrusion"
    FIRE = "fire"
    FAULT = "fault"
    RESET_KEY = "reset_key"
    EXIT_BUTTON = "exit_button"
    DOOR_CONTACT = "door_contact"
    TAMPER = "tamper"


PASSAGE: Final[Mapping[Direction, Point]] = MappingProxyType(
    {Direction.ENTRY: Point.PASSAGE_ENTRY, Direction.EXIT: Point.PASSAGE_EXIT}
)
OCCUPIED: Final[Mapping[Direction, Point]] = MappingProxyType(
    {Direction.ENTRY: Point.OCCUPIED_ENTRY, Direction.EXIT: Point.OCCUPIED_EXIT}
)
ALARMS: Final[Mapping[Point, LaneAlarm]] = MappingProxyType(
    {
        Point.ALARM: LaneAlarm.OTHER,
        Point.ALARM_WRONG_DIRECTION: LaneAlarm.WRONG_DIRECTION,
        Point.ALARM_TAILGATING: LaneAlarm.TAILGATING,
        Point.ALARM_INTRUSION: LaneAlarm.INTRUSION,
    }
)
LASTING: Final = frozenset({*ALARMS, Point.FIRE, Point.FAULT, Point.DOOR_CONTACT, Point.TAMPER})
"""Conditions rather than happenings: one that changed while the line was down is told after it."""


@dataclass(frozen=True, slots=True)
class LaneReading:
    """What the lane's inputs said at one moment."""

    at: Instant
    active: frozenset[Point]
    """Inputs that are active, polarity already applied."""
    counts: Mapping[Direction, int]
    """Passage counters, modulo 65536; empty if there are none or they were not read."""
