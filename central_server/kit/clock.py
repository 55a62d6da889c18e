"""This machine's clocks. The only place of the centre that asks the time."""

import time

from access_core.clock import Instant


class SystemClock:
    """Implements `access_core.clock.Clock` on the clocks of the operating system."""

    def now(self) -> Instant:
        """The present moment: CLOCK_MONOTONIC in ns and the wall clock in ms."""
        wall_ms = time.time_ns() // 1_000_000  # noqa: TID251 - this is the centre's SystemClock
        return Instant(time.monotonic_ns(), wall_ms)
