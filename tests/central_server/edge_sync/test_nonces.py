"""Signed requests count once."""

import pytest

from access_core.errors import UntrustedMessage
from access_core.wire.request_signature import MAX_SKEW_S
from central_server.edge_sync.nonces import NonceMemory


def test_a_nonce_counts_once_an_edge_while_its_signature_could_hold() -> None:
    """Remembered twice the skew, then forgotten, since the signature is too old by then."""
    memory = NonceMemory()
    memory.use("a", "n", 1000)
    memory.use("b", "n", 1000)
    for now_s in (1000, 1000 + 2 * MAX_SKEW_S):
        with pytest.raises(UntrustedMessage):
            memory.use("a", "n", now_s)
    memory.use("a", "n", 1001 + 2 * MAX_SKEW_S)
