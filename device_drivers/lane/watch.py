"""Readings of a lane's inputs -> what happened there. No I/O, no clock.

One reading proves little: a bit may be flipped, a contact may bounce. An input counts as changed
when two readings in a row agree, and a counter likewise, unless the profile says that the board
latches its passage inputs. With counters a passage is known by them alone: none is missed over a
line loss, none is counted twice.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

from access_core.clock import Instant
from access_core.devices.events import Direction
from device_drivers.lane.points import LASTING, OCCUPIED, PASSAGE, LaneReading, Point

REVERSAL_MS: Final = 200
"""A rotor back at rest without a passage for this long was reversed, not passed: longer than the
two readings (at most 50 ms apart each, and a retry) that confirm a passage."""

COUNTER_JUMP: Final = 1_000
"""A counter more than this ahead was not counted up but reset: the board lost power."""

COUNTS_EVERY_MS: Final = 500
"""Counters are read at least so often; and with every reading while somebody is in the lane."""

_COUNTER_SIZE: Final = 65_536
_TOLD: Final = LASTING | {Point.RESET_KEY, Point.EXIT_BUTTON}


class Happening(StrEnum):
    """What a lane can be seen to do."""

    STARTED = "started"
    PASSED = "passed"
    REVERSED = "reversed"
    CHANGED = "changed"
    """An input that stands for itself: a condition began or ended, a button was pressed."""
    COUNTERS_RESET = "counters_reset"


@dataclass(frozen=True, slots=True)
class Sighting:
    """One happening; `direction` for passages, `point` and `is_active` for `CHANGED`."""

    what: Happening
    direction: Direction | None = None
    point: Point | None = None
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class WatchRules:
    """How this lane shows a passage."""

    has_counters: bool = False
    passage_signal: Literal["pulse", "level", "none"] = "pulse"
    """`pulse`: active for a moment when somebody is through. `level`: active while somebody is
    inside, through when it ends. `none`: no such wire; the opening of a released door counts."""
    passage_latched: bool = False
    """One reading of an active passage input is enough."""


class LaneWatch:
    """Compares readings. Lives longer than a connection, so that counters bridge a line loss."""

    def __init__(self, rules: WatchRules) -> None:
        """Nothing is known before the first reading."""
        self._rules = rules
        self._last: LaneReading | None = None
        self._confirmed: frozenset[Point] = frozenset()
        self._counts: dict[Direction, int] = {}
        self._seen_counts: dict[Direction, int] = {}
        self._counts_at: Instant | None = None
        self._begun: set[Direction] = set()
        """Directions in which somebody began to go through, with no end told yet."""
        self._rest_since: dict[Direction, Instant] = {}
        """When the rotor came to rest, for those of `_begun` where it did."""
        self._released: Direction | None = None

    @property
    def active(self) -> frozenset[Point]:
        """Inputs that two readings in a row have shown active."""
        return self._confirmed

    @property
    def is_unsure(self) -> bool:
        """Whether the last reading showed something that another one must confirm."""
        shown = self._confirmed if self._last is None else self._last.active
        return shown != self._confirmed or self._seen_counts != self._counts

    def released_towards(self, direction: Direction | None) -> None:
        """An order for `direction` went out, or the last one is over (None).

        Only where a door contact is all that shows a passage does it matter.
        """
        self._released = direction

    def wants_counts(self, now: Instant) -> bool:
        """Whether the next reading should bring the counters along."""
        if not self._rules.has_counters:
            return False
        in_use = {*PASSAGE.values(), *OCCUPIED.values()}
        shown = self._confirmed | (self._last.active if self._last else frozenset())
        return (
            bool(shown & in_use or self._begun)
            or self._seen_counts != self._counts
            or self._counts_at is None
            or now.ms_since(self._counts_at) >= COUNTS_EVERY_MS
        )

    def resume(self, reading: LaneReading) -> None:
        """Take `reading` as the state found at a (re)connect: nothing in it has just happened.

        Lasting conditions keep their last told state, so that a change is told; counters keep
        their last known value, so that passages during the loss are told once.
        """
        self._confirmed = (reading.active - LASTING) | (self._confirmed & LASTING)
        self._begun.clear()
        self._rest_since.clear()
        self._released = None
        if not self._counts:
            self._counts = dict(reading.counts)
        self._seen_counts = dict(reading.counts)
        self._counts_at = reading.at if reading.counts else None
        self._last = reading

    def observe(self, reading: LaneReading) -> list[Sighting]:
        """What happened between the readings before and `reading`, in order."""
        last = self._last or reading
        self._last = reading
        steady = (reading.active & last.active) | (self._confirmed & (reading.active | last.active))
        if self._rules.passage_latched:
            steady |= reading.active & set(PASSAGE.values())
        risen, fallen = steady - self._confirmed, self._confirmed - steady
        self._confirmed = steady
        return [
            *self._started(risen),
            *self._passed(risen, fallen, reading),
            *self._reversed(fallen, reading.at),
            *_changed(risen, fallen),
        ]

    def _started(self, risen: frozenset[Point]) -> list[Sighting]:
        begun = [direction for direction in Direction if OCCUPIED[direction] in risen]
        if self._rules.passage_signal == "level":
            begun += [way for way in Direction if PASSAGE[way] in risen and way not in begun]
        begun = [direction for direction in begun if direction not in self._begun]
        for direction in begun:
            self._begun.add(direction)
        for direction in Direction:
            if OCCUPIED[direction] in risen:
                self._rest_since.pop(direction, None)
        return [Sighting(Happening.STARTED, direction) for direction in begun]

    def _passed(
        self, risen: frozenset[Point], fallen: frozenset[Point], reading: LaneReading
    ) -> list[Sighting]:
        if self._rules.has_counters:
            sightings = [seen for way in reading.counts for seen in self._counted(way, reading)]
            if reading.counts:
                self._seen_counts = dict(reading.counts)
                self._counts_at = reading.at
        else:
            sightings = self._shown(risen, fallen)
        for sighting in sightings:
            if sighting.direction is not None:
                self._begun.discard(sighting.direction)
                self._rest_since.pop(sighting.direction, None)
        return sightings

    def _shown(self, risen: frozenset[Point], fallen: frozenset[Point]) -> list[Sighting]:
        """Passages by the inputs alone."""
        if self._rules.passage_signal == "none":
            if Point.DOOR_CONTACT not in risen or self._released is None:
                return []
            direction, self._released = self._released, None
            return [Sighting(Happening.PASSED, direction)]
        ended = risen
        if self._rules.passage_signal == "level":
            ended = frozenset(PASSAGE[way] for way in self._begun) & fallen
        return [Sighting(Happening.PASSED, way) for way in Direction if PASSAGE[way] in ended]

    def _counted(self, direction: Direction, reading: LaneReading) -> list[Sighting]:
        now = reading.counts[direction]
        if self._seen_counts.get(direction) != now:
            return []  # one reading proves nothing
        before = self._counts.get(direction, now)
        self._counts[direction] = now
        more = (now - before) % _COUNTER_SIZE
        if more > COUNTER_JUMP:
            return [Sighting(Happening.COUNTERS_RESET, direction)]
        return [Sighting(Happening.PASSED, direction)] * more

    def _reversed(self, fallen: frozenset[Point], now: Instant) -> list[Sighting]:
        for direction in Direction:
            if OCCUPIED[direction] in fallen and direction in self._begun:
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


def _changed(risen: frozenset[Point], fallen: frozenset[Point]) -> list[Sighting]:
    """What stands for itself; in the order of `Point`, beginnings first."""
    return [
        Sighting(Happening.CHANGED, point=point, is_active=is_active)
        for is_active, points in ((True, risen), (False, fallen))
        for point in Point
        if point in points & _TOLD
    ]
