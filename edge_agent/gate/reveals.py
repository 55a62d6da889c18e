"""Reveals already walked to their anchor: saves hashing hours of steps at every presentation."""

from access_core.ids import PassId
from access_core.passes.rotation import Reveal

REMEMBERED = 4096
"""Passes kept in mind; about 0.5 MB. A forgotten one costs a walk of at most 3 ms per day of
validity (research: qr-and-pass 2.3)."""


class KnownReveals:
    """The highest sound reveal of the passes seen last."""

    def __init__(self, capacity: int = REMEMBERED) -> None:
        """`capacity` in passes."""
        self._capacity = capacity
        self._reveals: dict[PassId, Reveal] = {}

    def get(self, pass_id: PassId) -> Reveal | None:
        """The highest sound reveal seen of this pass, if remembered."""
        return self._reveals.get(pass_id)

    def learn(self, pass_id: PassId, reveal: Reveal) -> None:
        """Remember a reveal whose chain was found sound."""
        known = self._reveals.pop(pass_id, None)
        self._reveals[pass_id] = reveal if known is None or reveal.step > known.step else known
        if len(self._reveals) > self._capacity:
            del self._reveals[next(iter(self._reveals))]
