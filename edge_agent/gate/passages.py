"""Which happening a passage is: covered by a grant, the wrong way, tailgating or forced.

A grant covers one passage in its direction. What comes after it, with no new grant, is judged by
how soon it comes: the same way within `following_ms` is a second person on one grant, the other
way is somebody who used the open lane against its direction. Later it is neither.
"""

from dataclasses import dataclass

from access_core.clock import Instant
from access_core.devices.events import Direction
from access_core.ids import CommandId
from edge_agent.gate.door_table import Happening


@dataclass(frozen=True, slots=True)
class _Last:
    direction: Direction
    at: Instant
    decision_id: CommandId | None


class Passages:
    """Tells passages apart; remembers the last one that a grant covered."""

    def __init__(self, following_ms: int) -> None:
        """`following_ms`: how soon after a granted passage another one belongs to it."""
        self._following_ms = following_ms
        self._last: _Last | None = None

    @property
    def followed(self) -> CommandId | None:
        """The decision behind the last granted passage."""
        return None if self._last is None else self._last.decision_id

    def covered(self, direction: Direction, decision_id: CommandId, now: Instant) -> None:
        """The person of this decision went through."""
        self._last = _Last(direction, now, decision_id)

    def is_recent(self, now: Instant) -> bool:
        """Whether the lane may still be open from the last granted passage."""
        return self._last is not None and now.ms_since(self._last.at) <= self._following_ms

    def uncovered(self, direction: Direction, granted: Direction | None, now: Instant) -> Happening:
        """What a passage is that the open grant, in direction `granted`, does not cover."""
        is_recent = self.is_recent(now)
        if is_recent and self._last is not None and direction is self._last.direction:
            # The third of a row follows the second.
            self._last = _Last(direction, now, self._last.decision_id)
            return Happening.PASSAGE_FOLLOWING
        if is_recent or granted is not None:
            return Happening.PASSAGE_AGAINST
        return Happening.PASSAGE_UNGRANTED
