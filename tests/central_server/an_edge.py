"""An edge as the wire protocol sees it: signs requests, keeps a journal's chain."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

import httpx2 as httpx
import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from access_core.clock import Clock
from access_core.ids import EdgeId
from access_core.model.access_event import AccessEvent, AccessEventKind
from access_core.wire.event_chain import GENESIS, link
from access_core.wire.messages import (
    VERSION,
    ChangeSet,
    EnrolRequest,
    EnrolResponse,
    EventBatch,
    Reader,
    Receipt,
    SignedMessage,
    encode,
)
from access_core.wire.request_signature import SignedParts, sign_request
from access_core.wire.signed_message import Purpose, open_signed

UNNAMED = EdgeId("")
"""Before it is enrolled."""


@dataclass
class AnEdge:
    """One edge with a key of its own; enrols, then speaks."""

    client: httpx.AsyncClient
    clock: Clock
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    epoch: bytes = bytes(16)
    edge_id: EdgeId = UNNAMED
    nonces: int = 0
    welcome: EnrolResponse | None = None

    async def enrol(self, code: str) -> httpx.Response:
        """Ask to be enrolled; on success remember name and keys."""
        request = EnrolRequest(
            version=VERSION, code=code, public_key=self.key.public_key().public_bytes_raw()
        )
        answer = await self.client.post("/edge/v1/enrol", content=encode(request))
        if answer.status_code == 200:
            self.welcome = Reader(EnrolResponse).read(answer.content)
            self.edge_id = self.welcome.edge_id
        return answer

    def headers(self, method: str, path: str, query: str, body: bytes) -> dict[str, str]:
        """A fresh signature for one request."""
        self.nonces += 1
        parts = SignedParts(method=method, path=path, query=query, body=body)
        return sign_request(
            parts,
            key_id=self.edge_id,
            key=self.key,
            created_s=self.clock.now().wall_s,
            nonce=f"nonce-{self.nonces:020d}",
        )

    async def get(self, path: str, **query: int) -> httpx.Response:
        """A signed GET."""
        asked = urlencode(query)
        headers = self.headers("GET", path, asked, b"")
        return await self.client.get(f"{path}?{asked}", headers=headers)

    async def post(self, path: str, body: bytes) -> httpx.Response:
        """A signed POST."""
        return await self.client.post(
            path, content=body, headers=self.headers("POST", path, "", body)
        )

    async def changes(self, after: int, wait: int = 0) -> ChangeSet | None:
        """The change set above `after`, its signature believed; None for nothing new."""
        answer = await self.get("/edge/v1/changes", after=after, wait=wait)
        if answer.status_code == 204:
            return None
        assert answer.status_code == 200, answer.text
        return Reader(ChangeSet).read(self.open(answer.content, Purpose.CHANGE_SET))

    def open(self, body: bytes, purpose: Purpose) -> bytes:
        """The payload of a signed answer."""
        assert self.welcome is not None
        named = {
            Purpose.CHANGE_SET: self.welcome.policy_keys,
            Purpose.RECEIPT: self.welcome.receipt_keys,
        }[purpose]
        keys = {k.kid: Ed25519PublicKey.from_public_bytes(k.public_key) for k in named}
        return open_signed(Reader(SignedMessage).read(body), purpose, keys)

    def batch(
        self, lines: Sequence[bytes], first_seq: int = 1, prev_hash: bytes = GENESIS
    ) -> bytes:
        """The body of a batch."""
        return encode(
            EventBatch(
                version=VERSION,
                edge_id=self.edge_id,
                epoch=self.epoch,
                first_seq=first_seq,
                prev_hash=prev_hash,
                events=[msgspec.Raw(line) for line in lines],
            )
        )

    def head(self, lines: Sequence[bytes], first_seq: int = 1, prev: bytes = GENESIS) -> bytes:
        """The chain hash after `lines`."""
        for seq, line in enumerate(lines, first_seq):
            prev = link(self.epoch, seq, prev, line)
        return prev

    async def send(
        self, lines: Sequence[bytes], first_seq: int = 1, prev_hash: bytes = GENESIS
    ) -> Receipt:
        """Send a batch that must be taken; the receipt, its signature believed."""
        answer = await self.post("/edge/v1/events", self.batch(lines, first_seq, prev_hash))
        assert answer.status_code == 200, answer.text
        return Reader(Receipt).read(self.open(answer.content, Purpose.RECEIPT))


def line(
    wall_ms: int, kind: AccessEventKind = AccessEventKind.ACCESS_GRANTED, **more: object
) -> bytes:
    """A journal line."""
    event = AccessEvent(kind=kind, wall_ms=wall_ms, mono_ns=1, boot="boot-1")
    return encode(msgspec.structs.replace(event, **more))


def error_of(answer: httpx.Response) -> str:
    """The code of a refusal."""
    code = json.loads(answer.content)["error"]
    assert isinstance(code, str)
    return code
