"""How long to wait after failures: exponential with full jitter, so that edges spread out."""

import random
from dataclasses import dataclass


@dataclass(slots=True, kw_only=True)
class Backoff:
    """Waits of one sender; `jitter` is seeded with the edge's name."""

    first_s: float
    longest_s: float
    jitter: random.Random
    failures: int = 0
    """In a row."""

    def failed(self, retry_after_s: float | None = None) -> float:
        """Seconds to wait after one more failure; never less than the centre asked for."""
        self.failures += 1
        ceiling = min(self.longest_s, self.first_s * 2 ** min(self.failures - 1, 16))
        wait_s = self.jitter.uniform(0.0, ceiling)
        if retry_after_s is not None:
            wait_s = max(wait_s, min(retry_after_s, self.longest_s))
        return wait_s

    def succeeded(self) -> None:
        """Begin anew with the next failure."""
        self.failures = 0
