"""What one driver has yet to look at of what its lane said."""

import asyncio
from collections import deque
from dataclasses import dataclass
from typing import Final

from access_core.clock import Instant
from device_drivers.mqtt_lane.codec import LaneEvent, Report

CAPACITY: Final = 256
"""Messages. A lane makes some ten a passage; reports come twice a second."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One message of a lane and when it came."""

    message: LaneEvent | Report
    at: Instant
    age_ms: float | None = None
    """How long before `at` it was made, at most; None if that cannot be told."""


class Inbox:
    """First in, first out, at most `CAPACITY` messages; the oldest gives way.

    Nothing is lost by that which could open a door or which the next report does not bring again:
    inputs and counts of passages stand in every report.
    """

    def __init__(self) -> None:
        """Empty."""
        self._waiting: deque[Heard] = deque()
        self.news = asyncio.Event()
        """Set when something came, or the lane came or went."""
        self.dropped = 0
        """Messages that gave way since the start."""

    def put(self, heard: Heard) -> None:
        """Add one."""
        if len(self._waiting) >= CAPACITY:
            self._waiting.popleft()
            self.dropped += 1
        self._waiting.append(heard)
        self.news.set()

    def take(self) -> Heard | None:
        """The oldest; None if there is none."""
        return self._waiting.popleft() if self._waiting else None
