"""How long the lane has stood open: first a word to the people in it, then an alarm.

Open is what the door contact says, and a passage that began and has not ended. Whoever is let
through, and whoever went through with a grant, begins the time anew: a lane that stays open in
a queue of granted people is not held open.
"""

from enum import Enum, IntEnum

from access_core.clock import Instant


class Opening(Enum):
    """What can stand open."""

    CONTACT = "contact"
    PASSAGE = "passage"


class Stage(IntEnum):
    """How far it has come."""

    QUIET = 0
    WARNED = 1
    ALARMED = 2


class HeldOpenWatch:
    """Watches both openings of one lane."""

    def __init__(self, warn_ms: int, alarm_ms: int) -> None:
        """Warn after `warn_ms`, alarm after `alarm_ms`, which is longer."""
        self._after_ms = {Stage.WARNED: warn_ms, Stage.ALARMED: alarm_ms}
        self._since: dict[Opening, Instant] = {}
        self.stage = Stage.QUIET
        """What has been told of the present opening."""

    @property
    def is_open(self) -> bool:
        """Whether anything stands open."""
        return bool(self._since)

    def opened(self, what: Opening, now: Instant) -> None:
        """`what` is open from `now` on, unless it was before."""
        self._since.setdefault(what, now)

    def closed(self, what: Opening) -> bool:
        """`what` is closed; whether that ends an alarm."""
        self._since.pop(what, None)
        if self._since:
            return False
        was_alarmed, self.stage = self.stage is Stage.ALARMED, Stage.QUIET
        return was_alarmed

    def begin_anew(self, now: Instant) -> None:
        """Somebody goes through rightly: the time counts from `now`. An alarm stands."""
        self._since = dict.fromkeys(self._since, now)
        if self.stage is Stage.WARNED:
            self.stage = Stage.QUIET

    def next_deadline(self) -> Instant | None:
        """When `reached` has the next stage to tell."""
        if not self._since or self.stage is Stage.ALARMED:
            return None
        oldest = min(self._since.values(), key=lambda at: at.mono_ns)
        return oldest.plus_ms(self._after_ms[Stage(self.stage + 1)])

    def reached(self, now: Instant) -> Stage | None:
        """The stage that begins at `now`; None if none does."""
        deadline = self.next_deadline()
        if deadline is None or now.mono_ns < deadline.mono_ns:
            return None
        self.stage = Stage(self.stage + 1)
        return self.stage
