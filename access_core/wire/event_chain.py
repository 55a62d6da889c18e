"""The hash chain over a journal: h[n] = SHA-256(0x00 || epoch || n || h[n-1] || line).

`line` is the event's JSON exactly as the edge wrote it. Source of the form: reliability
research 3.2; 0x00 keeps a link apart from any tree node (RFC 6962, 2.1).
"""

from hashlib import sha256
from typing import Final

EPOCH_BYTES: Final = 16
HASH_BYTES: Final = 32
GENESIS: Final = bytes(HASH_BYTES)
"""What stands before the first event of an epoch."""


def link(epoch: bytes, seq: int, previous: bytes, line: bytes) -> bytes:
    """The chain hash after event `seq`, counted from 1."""
    return sha256(b"\x00" + epoch + seq.to_bytes(8, "big") + previous + line).digest()
