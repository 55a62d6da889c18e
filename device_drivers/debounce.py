"""A pass held up for two seconds is one presentation."""

from access_core.clock import Instant

REMEMBERED = 16
"""Payloads kept in mind; more than could be held before one reader at a time."""


class Debounce:
    """Tells a new presentation from one that is still going on."""

    def __init__(self, gone_after_ms: int) -> None:
        """A payload not seen for `gone_after_ms` is gone: seen again, it is presented anew."""
        self._gone_after_ms = gone_after_ms
        self._last_seen: dict[bytes, Instant] = {}

    def is_new(self, payload: bytes, now: Instant) -> bool:
        """True if `payload`, seen at `now`, begins a presentation; remembers the sight."""
        seen = self._last_seen.pop(payload, None)
        self._last_seen[payload] = now
        if len(self._last_seen) > REMEMBERED:
            del self._last_seen[next(iter(self._last_seen))]
        return seen is None or now.ms_since(seen) > self._gone_after_ms
