"""How often something may be done: so many at once, and then one each so often."""

from access_core.clock import Clock


class Allowance:
    """Starts full; refills evenly."""

    def __init__(self, clock: Clock, *, at_once: int, every_ms: float) -> None:
        """`at_once` without a pause, then one each `every_ms`."""
        self._clock = clock
        self._most = float(at_once)
        self._every_ms = every_ms
        self._left = float(at_once)
        self._at = clock.now()

    def take(self) -> bool:
        """Whether it may be done now."""
        now = self._clock.now()
        self._left = min(self._most, self._left + now.ms_since(self._at) / self._every_ms)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True
