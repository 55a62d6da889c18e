"""Signed requests count once: nonces seen, for as long as their signature could still hold.

In memory: after a restart a request of the last minutes could be sent again. That does no harm:
batches are recorded once, changes are only read, a status is replaced by the next.
"""

from collections import OrderedDict
from typing import Final

from access_core.errors import UntrustedMessage
from access_core.wire.request_signature import MAX_SKEW_S

MAX_NONCES: Final = 200_000
"""1,000 edges at a request in three seconds."""


class NonceMemory:
    """Which (edge, nonce) pairs have been used."""

    def __init__(self) -> None:
        """Nothing used yet."""
        self._seen: OrderedDict[tuple[str, str], int] = OrderedDict()

    def use(self, edge_id: str, nonce: str, now_s: int) -> None:
        """Note a nonce whose signature holds; UntrustedMessage if it was used before."""
        oldest_s = now_s - 2 * MAX_SKEW_S
        while self._seen:
            key, seen_s = next(iter(self._seen.items()))
            if seen_s >= oldest_s and len(self._seen) < MAX_NONCES:
                break
            del self._seen[key]
        if (edge_id, nonce) in self._seen:
            raise UntrustedMessage("request signature: this nonce has been used")
        self._seen[edge_id, nonce] = now_s
