"""Moments. Time is always an argument here: nothing in this package asks for it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, order=True)
class Instant:
    """One moment on both clocks of one machine.

    Durations and deadlines use `mono_ns`; people and other machines are told `wall_ms`.
    """

    mono_ns: int
    """Monotonic clock of this boot, nanoseconds. Never compare across boots."""
    wall_ms: int
    """Wall clock, milliseconds since 1970-01-01 UTC."""

    def plus_ms(self, ms: int) -> "Instant":
        """The moment `ms` milliseconds later (earlier if negative) on both clocks."""
        return Instant(self.mono_ns + ms * 1_000_000, self.wall_ms + ms)

    def ms_since(self, earlier: "Instant") -> float:
        """Milliseconds from `earlier` to here on the monotonic clock."""
        return (self.mono_ns - earlier.mono_ns) / 1_000_000

    @property
    def wall_s(self) -> int:
        """Whole seconds since 1970-01-01 UTC."""
        return self.wall_ms // 1000

    def utc(self) -> datetime:
        """The wall time as an aware datetime in UTC."""
        return datetime.fromtimestamp(self.wall_ms / 1000, UTC)


class Clock(Protocol):
    """Who is asked for the time. Only shells hold one; cores get an `Instant`."""

    def now(self) -> Instant:
        """The present moment."""
        ...
