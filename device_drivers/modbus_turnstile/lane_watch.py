"""Readings of a lane's board -> what happened there. No I/O, no clock.

One reading proves little: a bit may be flipped, an answer may be a late one. An input counts as
changed when two readings in a row agree, and a counter likewise, unless the profile says that the
board latches its passage inputs. With counters a passage is known by them alone: none is missed
over a line loss, none is counted twice.
"""

from dataclasses import dataclass
from enum import StrEnum

from access_core.clock import Instant
from access_core.devices.events import Direction
from device_drivers.modbus_turnstile.profile import InputPoint, RegisterProfile

REVERSAL_MS = 200
"""A rotor back at rest without a passage for this long was reversed, not passed: longer than the
two readings (at most 50 ms apart each, and a retry) that confirm a passage."""

COUNTER_JUMP = 1_000
"""A counter more than this ahead was not counted up but reset: the board lost power."""

_COUNTER_SIZE = 65_536


class Point(StrEnum):
    """The inputs of a lane; names as in the profile."""

    PASSAGE_ENTRY = "passage_entry"
    PASSAGE_EXIT = "passage_exit"
    OCCUPIED_ENTRY = "occupied_entry"
    OCCUPIED_EXIT = "occupied_exit"
    RELEASED = "released"
    ALARM = "alarm"
    FIRE = "fire"
    RESET_KEY = "reset_key"


_PASSAGE = {Direction.ENTRY: Point.PASSAGE_ENTRY, Direction.EXIT: Point.PASSAGE_EXIT}
_OCCUPIED = {Direction.ENTRY: Point.OCCUPIED_ENTRY, Direction.EXIT: Point.OCCUPIED_EXIT}


@dataclass(frozen=True, slots=True)
class LaneReading:
    """What the board said at one moment."""

    at: Instant
    active: frozenset[Point]
    """Inputs that are active, polarity already applied."""
    counts: dict[Direction, int]
    """Passage counters, modulo 65536; empty if the board has none."""


class Happening(StrEnum):
    """What a lane can be seen to do."""

    STARTED = "started"
    PASSED = "passed"
    REVERSED = "reversed"
    FIRE_ON = "fire_on"
    FIRE_OFF = "fire_off"
    ALARM_ON = "alarm_on"
    ALARM_OFF = "alarm_off"
    RESET = "reset"
    COUNTERS_RESET = "counters_reset"


@dataclass(frozen=True, slots=True)
class Sighting:
    """One happening; `direction` for those that have one."""

    what: Happening
    direction: Direction | None = None


def points_of(profile: RegisterProfile) -> dict[Point, InputPoint]:
    """The inputs that this board has."""
    wired: dict[Point, InputPoint] = {
        point: getattr(profile, point.value) for point in Point if point.value not in profile.absent
    }
    return wired


class LaneWatch:
    """Compares readings. Lives longer than a connection, so that counters bridge a line loss."""

    def __init__(self, profile: RegisterProfile) -> None:
        """Nothing is known before the first reading."""
        self._profile = profile
        self._last: LaneReading | None = None
        self._confirmed: frozenset[Point] = frozenset()
        self._counts: dict[Direction, int] = {}
        self._begun: set[Direction] = set()
        """Directions in which somebody began to go through, with no end told yet."""
        self._rest_since: dict[Direction, Instant] = {}
        """When the rotor came to rest, for those of `_begun` where it did."""

    def resume(self, reading: LaneReading) -> None:
        """Take `reading` as the state found at a (re)connect: nothing in it has just happened.

        Fire and alarm keep their last told state, so that a change is told; counters keep their
        last known value, so that passages during the loss are told once.
        """
        told = self._confirmed & {Point.FIRE, Point.ALARM}
        self._confirmed = (reading.active - {Point.FIRE, Point.ALARM}) | told
        self._begun.clear()
        self._rest_since.clear()
        if not self._counts:
            self._counts = dict(reading.counts)
        self._last = reading

    def observe(self, reading: LaneReading) -> list[Sighting]:
        """What happened between the readings before and `reading`, in order."""
        last = self._last or reading
        self._last = reading
        steady = (reading.active & last.active) | (self._confirmed & (reading.active | last.active))
        if self._profile.passage_latched:
            steady |= reading.active & set(_PASSAGE.values())
        risen, fallen = steady - self._confirmed, self._confirmed - steady
        self._confirmed = steady
        return [
            *self._started(risen),
            *self._passed(risen, last, reading),
            *self._reversed(fallen, reading.at),
            *_contacts(risen, fallen),
        ]

    def _started(self, risen: frozenset[Point]) -> list[Sighting]:
        begun = [direction for direction in Direction if _OCCUPIED[direction] in risen]
        for direction in begun:
            self._begun.add(direction)
            self._rest_since.pop(direction, None)
        return [Sighting(Happening.STARTED, direction) for direction in begun]

    def _passed(
        self, risen: frozenset[Point], last: LaneReading, reading: LaneReading
    ) -> list[Sighting]:
        sightings: list[Sighting] = []
        for direction in Direction:
            if direction in reading.counts:
                sightings += self._counted(direction, last, reading)
            elif _PASSAGE[direction] in risen:
                sightings.append(Sighting(Happening.PASSED, direction))
        for sighting in sightings:
            if sighting.direction is not None:
                self._begun.discard(sighting.direction)
                self._rest_since.pop(sighting.direction, None)
        return sightings

    def _counted(
        self, direction: Direction, last: LaneReading, reading: LaneReading
    ) -> list[Sighting]:
        now = reading.counts[direction]
        if last.counts.get(direction) != now:
            return []  # one reading proves nothing
        before = self._counts.get(direction, now)
        self._counts[direction] = now
        more = (now - before) % _COUNTER_SIZE
        if more > COUNTER_JUMP:
            return [Sighting(Happening.COUNTERS_RESET, direction)]
        return [Sighting(Happening.PASSED, direction)] * more

    def _reversed(self, fallen: frozenset[Point], now: Instant) -> list[Sighting]:
        for direction in Direction:
            if _OCCUPIED[direction] in fallen and direction in self._begun:
                self._rest_since[direction] = now
        due = [
            direction
            for direction, since in self._rest_since.items()
            if now.ms_since(since) >= REVERSAL_MS
        ]
        for direction in due:
            del self._rest_since[direction]
            self._begun.discard(direction)
        return [Sighting(Happening.REVERSED, direction) for direction in due]


def _contacts(risen: frozenset[Point], fallen: frozenset[Point]) -> list[Sighting]:
    table = (
        (Point.FIRE in risen, Happening.FIRE_ON),
        (Point.FIRE in fallen, Happening.FIRE_OFF),
        (Point.ALARM in risen, Happening.ALARM_ON),
        (Point.ALARM in fallen, Happening.ALARM_OFF),
        (Point.RESET_KEY in risen, Happening.RESET),
    )
    return [Sighting(what) for is_so, what in table if is_so]
