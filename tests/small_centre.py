"""A centre small enough to see through, on a real socket of this machine.

It checks every signature, keeps the events it is given with their chain, and answers as a test
wants it: by its own rules, or with answers laid out beforehand for a path.
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final, TypeAlias

import msgspec

from access_core.errors import PeerError
from access_core.ids import SiteId
from access_core.wire.event_chain import link
from access_core.wire.messages import (
    VERSION,
    ChangeSet,
    EdgeStatus,
    EnrolRequest,
    EnrolResponse,
    EventBatch,
    Reader,
    Receipt,
    encode,
)
from access_core.wire.request_signature import (
    CONTENT_DIGEST,
    SIGNATURE,
    SIGNATURE_INPUT,
    SignedParts,
    check_signature,
    read_signer,
)
from access_core.wire.signed_message import Purpose, sign_message
from device_drivers.system_clock import SystemClock
from tests.builders import (
    EDGE,
    EDGE_KEY,
    POLICY_KEY,
    POLICY_KID,
    RECEIPT_KEY,
    RECEIPT_KID,
    SITE,
    named,
    signed_by_policy,
)

CODE: Final = "one-time-code"
_BATCH = Reader(EventBatch)
_STATUS = Reader(EdgeStatus)
_ENROL = Reader(EnrolRequest)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One HTTP answer."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


Handler: TypeAlias = Callable[[str, bytes], Awaitable[Answer]]


class SmallCentre:
    """The centre of one edge, `tests.builders.EDGE`."""

    def __init__(self) -> None:
        """Knows nothing and has been told nothing."""
        self.laid_out: defaultdict[str, deque[Answer]] = defaultdict(deque)
        """Answers for a path, used up before its own rules answer."""
        self.batches: list[EventBatch] = []
        self.lines: list[bytes] = []
        """Every event line it has committed, in order."""
        self.heads: dict[int, bytes] = {}
        self.statuses: list[EdgeStatus] = []
        self.changes: list[ChangeSet] = []
        self.refused: list[str] = []
        """Requests whose signature did not hold."""
        self.asked: list[str] = []
        """Every request line, in order."""
        self.news = asyncio.Event()
        """Set at every request; a test that waits for one clears it."""
        self.key = EDGE_KEY.public_key()
        self.url = ""

    def receipt(self, batch: EventBatch, **changes: object) -> bytes:
        """The signed receipt for `batch`, with `changes` to its fields."""
        head, seq = batch.prev_hash, batch.first_seq - 1
        for line in batch.events:
            seq += 1
            head = link(batch.epoch, seq, head, bytes(line))
            self.heads[seq] = head
        receipt = Receipt(
            version=VERSION,
            edge_id=EDGE,
            epoch=batch.epoch,
            seq=seq,
            head_hash=head,
            received_ms=SystemClock().now().wall_ms,
        )
        changed = msgspec.structs.replace(receipt, **changes)
        signed = sign_message(encode(changed), Purpose.RECEIPT, RECEIPT_KID, RECEIPT_KEY)
        return encode(signed)

    async def answer(
        self, method: str, target: str, headers: dict[str, str], body: bytes
    ) -> Answer:
        """What the centre says to one request."""
        path, _, query = target.partition("?")
        self.asked.append(f"{method} {target}")
        self.news.set()
        if self.laid_out[path]:
            return self.laid_out[path].popleft()
        if path == "/edge/v1/enrol":
            return self._enrol(body)
        try:
            parts = SignedParts(method=method, path=path, query=query, body=body)
            signer = read_signer(
                parts,
                content_digest=headers.get(CONTENT_DIGEST, ""),
                signature_input=headers.get(SIGNATURE_INPUT, ""),
                signature=headers.get(SIGNATURE, ""),
            )
            check_signature(signer, self.key, SystemClock().now().wall_s)
        except PeerError as error:
            self.refused.append(str(error))
            return Answer(status=401, body=b'{"error":"untrusted","detail":"signature"}')
        match path:
            case "/edge/v1/events":
                return self._events(body)
            case "/edge/v1/changes":
                return self._next_change(int(query.split("&")[0].removeprefix("after=")))
            case _:
                self.statuses.append(_STATUS.read(body))
                return Answer(status=204)

    def _enrol(self, body: bytes) -> Answer:
        request = _ENROL.read(body)
        if request.code != CODE:
            return Answer(status=403, body=b'{"error":"wrong_code","detail":"not known"}')
        response = EnrolResponse(
            version=VERSION,
            edge_id=EDGE,
            site_id=SiteId(SITE),
            policy_keys=(named(POLICY_KID, POLICY_KEY),),
            receipt_keys=(named(RECEIPT_KID, RECEIPT_KEY),),
            now_ms=SystemClock().now().wall_ms,
        )
        return Answer(body=encode(response))

    def _events(self, body: bytes) -> Answer:
        batch = _BATCH.read(body)
        self.batches.append(batch)
        self.lines += [bytes(line) for line in batch.events][
            max(0, len(self.lines) + 1 - batch.first_seq) :
        ]
        return Answer(body=self.receipt(batch))

    def _next_change(self, after: int) -> Answer:
        for change in self.changes:
            if change.revision > after and change.base in {0, after}:
                return Answer(body=encode(signed_by_policy(change)))
        return Answer(status=204)


@asynccontextmanager
async def small_centre() -> AsyncIterator[SmallCentre]:
    """A centre that listens until the block ends."""
    centre = SmallCentre()
    writers: set[asyncio.StreamWriter] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.add(writer)
        try:
            while True:
                await _one_request(centre, reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    centre.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        try:
            yield centre
        finally:
            for writer in writers:
                writer.close()


async def _one_request(
    centre: SmallCentre, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    method, target, _ = head[0].split(" ")
    headers = {
        name.lower(): value
        for name, _, value in (line.partition(": ") for line in head[1:] if line)
    }
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    answer = await centre.answer(method, target, headers, body)
    lines = [f"HTTP/1.1 {answer.status} x", f"content-length: {len(answer.body)}"]
    lines += [f"{name}: {value}" for name, value in answer.headers.items()]
    writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + answer.body)
    await writer.drain()
