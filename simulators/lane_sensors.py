"""The sensors of a lane as a board's terminals see them: true, or stuck, or bouncing."""

import random
from collections.abc import Callable, Mapping

from simulators.turnstile_lane import AlarmKind, TurnstileLane, Way

SENSORS: Mapping[str, Callable[[TurnstileLane], bool]] = {
    "passage_entry": lambda lane: lane.signals.passage[Way.ENTRY],
    "passage_exit": lambda lane: lane.signals.passage[Way.EXIT],
    "occupied_entry": lambda lane: lane.signals.occupied[Way.ENTRY],
    "occupied_exit": lambda lane: lane.signals.occupied[Way.EXIT],
    "released": lambda lane: lane.is_released,
    "ready": lambda lane: lane.is_ready,
    "alarm": lambda lane: lane.signals.alarm,
    "alarm_wrong_direction": lambda lane: lane.signals.alarms[AlarmKind.WRONG_DIRECTION],
    "alarm_tailgating": lambda lane: lane.signals.alarms[AlarmKind.TAILGATING],
    "alarm_intrusion": lambda lane: lane.signals.alarms[AlarmKind.INTRUSION],
    "fire": lambda lane: lane.signals.fire,
    "fault": lambda lane: lane.signals.fault,
    "reset_key": lambda lane: lane.signals.reset_key,
    "exit_button": lambda lane: lane.signals.exit_button,
    "door_contact": lambda lane: lane.is_open,
    "tamper": lambda lane: lane.signals.tamper,
}
"""Name on the terminal -> what truly is so."""


class LaneSensors:
    """Reads the sensors of one lane, with the faults that a person has given them."""

    def __init__(self, lane: TurnstileLane, *, seed: int = 1) -> None:
        """All sensors are well; `seed` is that of bouncing contacts."""
        self._lane = lane
        self._stuck: dict[str, bool] = {}
        self._bouncing: set[str] = set()
        self._random = random.Random(seed)

    def read(self, name: str) -> bool:
        """What the terminal called `name` shows now."""
        if name in self._bouncing:
            return self._random.choice((True, False))
        return self._stuck.get(name, SENSORS[name](self._lane))

    def stick(self, name: str, *, active: bool) -> None:
        """Let a sensor show the same for ever."""
        self._stuck[name] = active

    def bounce(self, name: str) -> None:
        """Let a contact flicker."""
        self._bouncing.add(name)

    def mend(self, name: str) -> None:
        """Make a sensor well again."""
        self._stuck.pop(name, None)
        self._bouncing.discard(name)
