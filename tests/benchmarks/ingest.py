"""Journal batches over HTTP into the centre, against the same rows by bare sqlite3."""

import asyncio
import os
import random
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Final

import httpx2
import msgspec

from access_core.devices.events import Direction
from access_core.errors import AccessControlError
from access_core.ids import AccessPointId, CommandId, GateId, HolderId, PassId
from access_core.model.access_event import AccessEvent, AccessEventKind
from access_core.wire.event_chain import GENESIS, link
from access_core.wire.messages import MAX_BATCH_EVENTS, VERSION, EventBatch, encode
from device_drivers.system_clock import SystemClock
from simulators import run_folder
from simulators.patience import until
from simulators.processes import ask, start
from simulators.run_folder import LOOPBACK, RunFolder
from tests.benchmarks.decision import BUILD
from tests.benchmarks.figure import Figure, times_at_least
from tests.central_server.an_edge import AnEdge

_GATES: Final = 4
"""Edges that deliver at the same time, one connection each, one batch in flight on each."""
_BATCHES: Final = 10
"""Of each edge in one round."""
_ROUNDS: Final = 7
_PATH: Final = "/edge/v1/events"
_DATABASE: Final = "central.sqlite3"
_HEAD_END: Final = b"\r\n\r\n"
_PRAGMAS: Final = ("journal_mode=WAL", "synchronous=FULL", "wal_autocheckpoint=16384")


@dataclass(slots=True)
class _Journal:
    """An enrolled edge with events to deliver."""

    edge: AnEdge
    gate: str
    rng: random.Random
    seq: int = 0
    head: bytes = GENESIS

    def next_request(self, host: str, now_ms: int) -> bytes:
        """One signed request with the next full batch, as bytes on the wire."""
        lines = [encode(self._event(now_ms + n)) for n in range(MAX_BATCH_EVENTS)]
        batch = EventBatch(
            version=VERSION,
            edge_id=self.edge.edge_id,
            epoch=self.edge.epoch,
            first_seq=self.seq + 1,
            prev_hash=self.head,
            events=[msgspec.Raw(line) for line in lines],
        )
        for line in lines:
            self.seq += 1
            self.head = link(self.edge.epoch, self.seq, self.head, line)
        body = encode(batch)
        fields = {
            "host": host,
            "content-type": "application/json",
            "content-length": str(len(body)),
            **self.edge.headers("POST", _PATH, "", body),
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        return f"POST {_PATH} HTTP/1.1\r\n{head}\r\n".encode() + body

    def _event(self, wall_ms: int) -> AccessEvent:
        kinds = (AccessEventKind.ACCESS_GRANTED, AccessEventKind.ACCESS_TAKEN)
        direction = self.rng.choice((Direction.ENTRY, Direction.EXIT))
        way = "in" if direction is Direction.ENTRY else "out"
        return AccessEvent(
            kind=self.rng.choice(kinds),
            wall_ms=wall_ms,
            mono_ns=wall_ms * 1_000_000,
            boot="5f0c2e0a-8b1d-4f8e-9d2c-0123456789ab",
            gate_id=GateId(self.gate),
            access_point_id=AccessPointId(f"{self.gate}-{way}"),
            direction=direction,
            decision_id=CommandId(f"{self.rng.getrandbits(48):012x}-{self.seq}"),
            pass_id=PassId(self.rng.randbytes(8)),
            holder_id=HolderId(f"h{self.rng.randrange(1, 50_000)}"),
            step=self.rng.randrange(1, 2_000),
            revision=7,
        )


def batches_over_http() -> Iterator[Figure]:
    """Four edges deliver full batches; then the same rows are written without the centre."""
    over_http, bare = asyncio.run(_measure())
    yield Figure(
        id="gate.ingest.batch_500",
        what=f"events delivered over HTTP in batches of {MAX_BATCH_EVENTS} into SQLite FULL"
        " vs bare sqlite3 writing the same rows",
        value=median(over_http),
        unit="events/s",
        reference=median(bare),
        target=times_at_least(0.70),
        note=f"{_GATES} edges, {_ROUNDS * _GATES * _BATCHES * MAX_BATCH_EVENTS:,} events",
    )


async def _measure() -> tuple[list[float], list[float]]:
    over_http: list[float] = []
    bare: list[float] = []
    async with AsyncExitStack() as stack:
        BUILD.mkdir(exist_ok=True)
        root = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=BUILD)))
        folder = run_folder.make(root)
        folder.write_centre_settings(time_zone="Asia/Shanghai")
        codes = [await _code_for_gate(folder, f"gate-{n}") for n in range(_GATES)]
        server = await start(folder.centre("serve"))
        stack.push_async_callback(server.end)
        journals = [await _enrolled(folder, n, code) for n, code in enumerate(codes)]
        writer = BareWriter(root / "central" / _DATABASE, root / "bare.sqlite3")
        stack.callback(writer.close)
        await _deliver(folder, journals)  # one round to warm up, for both
        writer.write_what_is_new()
        for _ in range(_ROUNDS):
            over_http.append(await _deliver(folder, journals))
            bare.append(writer.write_what_is_new())
    return over_http, bare


async def _code_for_gate(folder: RunFolder, gate: str) -> str:
    names = ("--gate", gate, "--name-zh", gate, "--name-en", gate)
    await ask(folder.centre("add-gate", *names))
    return (await ask(folder.centre("enrol-edge", "--gate", gate))).split()[-1]


async def _enrolled(folder: RunFolder, number: int, code: str) -> _Journal:
    await until(folder.is_centre_answering, "the centre does not answer", limit_s=60)
    async with httpx2.AsyncClient(base_url=folder.origin) as client:
        edge = AnEdge(client, SystemClock(), epoch=os.urandom(16))
        answer = await edge.enrol(code)
        answer.raise_for_status()
    return _Journal(edge, f"gate-{number}", random.Random(number))


async def _deliver(folder: RunFolder, journals: list[_Journal]) -> float:
    """Events a second of all edges together; requests are made ready beforehand."""
    now_ms = SystemClock().now().wall_ms
    host = folder.origin.removeprefix("http://")
    requests = [[j.next_request(host, now_ms) for _ in range(_BATCHES)] for j in journals]
    connections = [await asyncio.open_connection(LOOPBACK, folder.centre_port) for _ in journals]
    start_s = perf_counter()
    async with asyncio.TaskGroup() as group:
        for (reader, writer), batches in zip(connections, requests, strict=True):
            group.create_task(_send(reader, writer, batches))
    elapsed_s = perf_counter() - start_s
    for _, writer in connections:
        writer.close()
    return len(journals) * _BATCHES * MAX_BATCH_EVENTS / elapsed_s


async def _send(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, batches: list[bytes]
) -> None:
    for batch in batches:
        writer.write(batch)
        await writer.drain()
        head = (await reader.readuntil(_HEAD_END)).decode().lower()
        length = int(head.partition("content-length: ")[2].partition("\r\n")[0])
        body = await reader.readexactly(length)
        if not head.startswith("http/1.1 200"):
            raise AccessControlError(f"the centre refused a batch: {body.decode()}")


class BareWriter:
    """The rows that the centre has written, written again: one transaction a batch, FULL."""

    def __init__(self, source: Path, target: Path) -> None:
        """A new database at `target` with the tables and indexes that `source` has for them."""
        self._source = sqlite3.connect(f"file:{source}?mode=ro", uri=True)
        self._target = sqlite3.connect(target, isolation_level=None)
        for pragma in _PRAGMAS:
            self._target.execute(f"PRAGMA {pragma}")
        schema = "SELECT sql FROM sqlite_master WHERE tbl_name IN ('event', 'batch') AND sql > ''"
        for (statement,) in self._source.execute(schema).fetchall():
            self._target.execute(statement)
        self._done = 0

    def write_what_is_new(self) -> float:
        """Events a second over the batches that came since the last call."""
        query = "SELECT * FROM batch WHERE id > ? ORDER BY id"
        batches = self._source.execute(query, (self._done,)).fetchall()
        found = self._source.execute(
            "SELECT batch_id, * FROM event WHERE batch_id > ? ORDER BY batch_id, id", (self._done,)
        )
        events = {
            batch_id: [row[1:] for row in rows] for batch_id, rows in groupby(found, itemgetter(0))
        }
        marks = ", ".join("?" * len(next(iter(events.values()))[0]))
        insert = f"INSERT INTO event VALUES ({marks}) ON CONFLICT DO NOTHING"  # noqa: S608 - marks
        batch_marks = ", ".join("?" * len(batches[0]))
        self._done = batches[-1][0]
        start_s = perf_counter()
        for batch in batches:
            self._target.execute("BEGIN IMMEDIATE")
            self._target.execute(f"INSERT INTO batch VALUES ({batch_marks})", batch)  # noqa: S608 - marks
            self._target.executemany(insert, events[batch[0]])
            self._target.execute("COMMIT")
        return sum(map(len, events.values())) / (perf_counter() - start_s)

    def close(self) -> None:
        """Close both databases."""
        self._source.close()
        self._target.close()
