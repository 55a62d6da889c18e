"""One credential held up is one decision, however often its reader reports it.

Drivers fold what their own device repeats; this is what holds for every driver. A read is a
repeat if the same reader gave the same bytes a moment ago: a rotating pass with its next code is
not one, and the way out never waits for what was shown at the way in.

A decision that tells the person to try again (one moment please, show it again) may be followed
by another at once: only its own repetition is folded.
"""

from collections.abc import Hashable
from dataclasses import dataclass

from access_core.clock import Instant

REMEMBERED = 16
"""Credentials kept in mind; more than could be held up at one lane within the window."""


@dataclass(slots=True)
class _Seen:
    at: Instant
    is_settled: bool


class Repeats:
    """The credentials held up last."""

    def __init__(self, window_ms: int) -> None:
        """Not seen for longer than `window_ms`, a credential is held up anew; 0 folds nothing."""
        self._window_ms = window_ms
        self._seen: dict[Hashable, _Seen] = {}

    def is_repeat(self, key: Hashable, now: Instant, *, is_settling: bool) -> bool:
        """Whether this sight of `key` belongs to the one before; remembers it.

        `is_settling`: what it leads to is a decision, not a request to try again.
        """
        seen = self._seen.pop(key, None)
        is_held = seen is not None and now.ms_since(seen.at) < self._window_ms
        was_settled = is_held and seen is not None and seen.is_settled
        self._seen[key] = _Seen(now, is_settling or was_settled)
        if len(self._seen) > REMEMBERED:
            del self._seen[next(iter(self._seen))]
        return is_held and (was_settled or not is_settling)
