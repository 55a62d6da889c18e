"""So often and no more: token buckets in memory, one per source.

Not shared by processes: with several, each allows its own share. Old sources are forgotten, so
memory is bounded however many addresses an attacker has.
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from math import ceil
from typing import Final

from access_core.clock import Instant
from central_server.kit.errors import TooMany

MAX_SOURCES: Final = 10_000
"""Buckets kept; the least recently used goes first. A full bucket is as good as none."""


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at_ns: int


@dataclass(slots=True)
class Limiter:
    """`burst` at once and then `per_minute`, for each source."""

    burst: int
    per_minute: float
    _buckets: OrderedDict[str, _Bucket] = field(default_factory=OrderedDict[str, _Bucket])

    def spend(self, source: str, now: Instant) -> None:
        """Take one token of `source`; TooMany, with the time to wait, if there is none."""
        bucket = self._buckets.pop(source, None) or _Bucket(float(self.burst), now.mono_ns)
        gained = (now.mono_ns - bucket.at_ns) / 60e9 * self.per_minute
        bucket.tokens = min(float(self.burst), bucket.tokens + gained)
        bucket.at_ns = now.mono_ns
        self._buckets[source] = bucket
        if len(self._buckets) > MAX_SOURCES:
            self._buckets.popitem(last=False)
        if bucket.tokens < 1:
            raise TooMany(max(1, ceil((1 - bucket.tokens) * 60 / self.per_minute)))
        bucket.tokens -= 1
