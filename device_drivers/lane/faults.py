"""Sensors and relays that cannot be right: stuck, bouncing, or not following an order.

Readings in, faults out, in words. Whether a lane with a fault goes on is the gate's business.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from access_core.clock import Instant
from device_drivers.lane.points import OCCUPIED, PASSAGE, LaneReading, Point

BOUNCE_WINDOW_MS: Final = 2_000
CALM_MS: Final = 5_000
"""A sensor without a change for so long does not bounce any more."""

SHOWN_WITHIN_MS: Final = 2_500
"""A release taken by the board must be shown by then; rotors arm in 0.3 to 1 s (TiSO, PERCo)."""

SENSORS: Final = frozenset({*PASSAGE.values(), *OCCUPIED.values()})
"""Without these nobody knows who is in the lane."""

BUTTONS: Final = frozenset({Point.EXIT_BUTTON, Point.RESET_KEY})
"""Stuck, they are a nuisance; the lane itself is not out of order."""


@dataclass(frozen=True, slots=True)
class FaultLimits:
    """From when on something cannot be right."""

    stuck_after_ms: int = 30_000
    """Longest time that a sensor or a button is active, or that the lane is not ready."""
    bounces: int = 12
    """So many changes of a sensor within 2 s are not people; three passages make six."""
    released_longest_ms: int = 20_000
    """Longest time that the lane shows itself released without being freed."""


class FaultWatch:
    """What of the lane is out of order. Asked with every reading."""

    def __init__(self, limits: FaultLimits, points: frozenset[Point]) -> None:
        """`points` are the inputs this lane has."""
        self._limits = limits
        self._points = points
        self._last: LaneReading | None = None
        self._active_since: dict[Point, Instant] = {}
        self._unready_since: Instant | None = None
        self._changes: dict[Point, deque[Instant]] = {}
        self._bouncing: set[Point] = set()
        self._due: Instant | None = None
        self._has_failed = False
        self.is_freed = False
        """True while an order holds the lane free: then it is released for as long as it likes."""

    def release_taken(self, now: Instant) -> None:
        """The board has taken a release at `now`: the lane must show it."""
        if Point.RELEASED in self._points and not self._has_failed:
            self._due = now.plus_ms(SHOWN_WITHIN_MS)

    def release_over(self) -> None:
        """The release was ended, or somebody went through: nothing is due any more."""
        self._due = None

    def line_lost(self) -> None:
        """Nothing is known of the time in which nothing was read; a known fault stays one."""
        if self._last is not None:
            self._active_since = {p: s for p, s in self._active_since.items() if self._is_long(s)}
            if self._unready_since is not None and not self._is_long(self._unready_since):
                self._unready_since = None
        self._last = self._due = None

    def look(self, reading: LaneReading) -> dict[str, str]:
        """The faults at this reading: what is broken -> in words, with what to check."""
        self._note(reading)
        now = reading.at
        return {
            **self._stuck(now, SENSORS),
            **self._bounce(now),
            **self._unready(now),
            **self._relay(reading),
            **self._own_word(reading),
        }

    def nuisances(self, now: Instant) -> dict[str, str]:
        """Buttons that are stuck, in words."""
        return self._stuck(now, BUTTONS)

    def _note(self, reading: LaneReading) -> None:
        changed = reading.active ^ (self._last or reading).active
        self._last = reading
        for point in changed & SENSORS:
            self._changes.setdefault(point, deque(maxlen=self._limits.bounces)).append(reading.at)
        for point in list(self._active_since):
            if point not in reading.active:
                del self._active_since[point]
        for point in reading.active:
            self._active_since.setdefault(point, reading.at)
        is_ready = Point.READY not in self._points or Point.READY in reading.active
        self._unready_since = None if is_ready else self._unready_since or reading.at

    def _is_long(self, since: Instant) -> bool:
        return self._last is not None and self._last.at.ms_since(since) >= (
            self._limits.stuck_after_ms
        )

    def _stuck(self, now: Instant, which: frozenset[Point]) -> dict[str, str]:
        longest = self._limits.stuck_after_ms
        return {
            f"stuck {point}": f"input `{point}` is active for more than {longest / 1000:g} s; "
            "check for somebody or something in the lane, then the sensor and its wiring"
            for point, since in self._active_since.items()
            if point in which and now.ms_since(since) >= longest
        }

    def _bounce(self, now: Instant) -> dict[str, str]:
        for point, changes in self._changes.items():
            if len(changes) == self._limits.bounces and (
                changes[-1].ms_since(changes[0]) <= BOUNCE_WINDOW_MS
            ):
                self._bouncing.add(point)
            if point in self._bouncing and now.ms_since(changes[-1]) >= CALM_MS:
                self._bouncing.discard(point)
                changes.clear()
                break  # the next reading looks at the others
        return {
            f"bouncing {point}": f"input `{point}` changes all the time "
            f"({self._limits.bounces} times in 2 s); check the sensor, its wiring and its supply"
            for point in sorted(self._bouncing)
        }

    def _unready(self, now: Instant) -> dict[str, str]:
        since = self._unready_since
        if since is None or now.ms_since(since) < self._limits.stuck_after_ms:
            return {}
        return {
            "not ready": "the lane has not been ready for "
            f"{self._limits.stuck_after_ms / 1000:g} s; check the turnstile's own display"
        }

    def _relay(self, reading: LaneReading) -> dict[str, str]:
        if Point.RELEASED in reading.active:
            self._due, self._has_failed = None, False
        elif self._due is not None and reading.at >= self._due:
            self._due, self._has_failed = None, True
        faults = {}
        if self._has_failed:
            faults["no release"] = (
                "the board took a release, but the lane never showed it; check the relay, the wire "
                "from it to the turnstile, and the turnstile's power"
            )
        since = self._active_since.get(Point.RELEASED)
        if (
            since is not None
            and not self.is_freed
            and Point.FIRE not in reading.active
            and reading.at.ms_since(since) >= self._limits.released_longest_ms
        ):
            faults["stays released"] = (
                "the lane stays released without an order; check for a relay that sticks or a wire "
                "that bridges it, and lock the lane by hand meanwhile"
            )
        return faults

    def _own_word(self, reading: LaneReading) -> Mapping[str, str]:
        if self._active_since.get(Point.FAULT, reading.at) >= reading.at:
            return {}  # not active, or seen once only
        return {"own word": "the turnstile reports a fault of its own; see its display"}
