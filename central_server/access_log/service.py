"""Record batches exactly once in effect; search; reveal; export."""

import asyncio
import zlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from access_core.devices.events import Direction
from access_core.errors import MalformedMessage
from access_core.ids import PassId
from access_core.model.access_event import AccessEventKind
from access_core.policy.reasons import ReasonCode
from access_core.wire.event_chain import EPOCH_BYTES, GENESIS, HASH_BYTES
from access_core.wire.messages import MAX_BATCH_EVENTS, EventBatch
from central_server.access_log import repository, rules
from central_server.access_log.repository import (
    EventRow,
    JournalHead,
)
from central_server.access_log.rules import ParkedLine, ReadLines, Source
from central_server.access_log.schemas import Asked, EventDetail, EventFilter, EventView
from central_server.alarms import service as alarms
from central_server.alarms.rules import AlarmKind, alarm_changes
from central_server.holders import service as holders
from central_server.holders.schemas import masked
from central_server.kit.audit import Action, By, record
from central_server.kit.database import Bulk, Database, Session
from central_server.kit.errors import NotFound
from central_server.sites import service as sites

LOG_TOPIC: Final = "access_log"
"""The signal sent once a batch is durable."""
PAGE_SIZE: Final = 50
_EXPORT_PAGE: Final = 1000
_LINES = msgspec.json.Decoder(list[msgspec.Raw])
_DIRECTIONS: Final = {code: direction for direction, code in rules.DIRECTION_CODES.items()}


@dataclass(frozen=True, slots=True)
class Recorded:
    """The batch is in the transaction: everything up to `seq`, whose chain hash is `head_hash`."""

    seq: int
    head_hash: bytes


@dataclass(frozen=True, slots=True)
class Gap:
    """The batch begins after a line that has not come; `expected` is that line's sequence."""

    expected: int


@dataclass(frozen=True, slots=True)
class Contradiction:
    """The batch says other things of lines that have come before. It is kept, with an alarm."""

    detail: str


@dataclass(frozen=True, slots=True)
class ReadBatch:
    """A batch with everything that can be said of it without the database."""

    source: Source
    batch: EventBatch
    raw: list[bytes]
    """The lines, byte for byte."""
    hashes: list[bytes]
    """The chain hash after each line."""
    lines: ReadLines


def read_batch(source: Source, batch: EventBatch) -> ReadBatch:
    """Hash, interpret and compress a batch; done before the write lock is asked for.

    MalformedMessage if the batch cannot be what it says.
    """
    _refuse_senseless(batch)
    raw = [bytes(line) for line in batch.events]
    return ReadBatch(
        source,
        batch,
        raw,
        rules.chain_hashes(batch.epoch, batch.first_seq, batch.prev_hash, raw),
        rules.read_lines(source, batch.first_seq, raw),
    )


async def record_batch(
    database: Database, read: ReadBatch, now_ms: int
) -> Recorded | Gap | Contradiction:
    """Record what is new in the batch; what came before is compared and changes nothing.

    Durable on return.
    """
    # Outside of the write lock and of the loop: compression leaves the interpreter to others.
    kept = await asyncio.to_thread(_compressed, read.raw)
    return await database.bulk(lambda bulk: _record(bulk, read, kept, now_ms), LOG_TOPIC)


def _compressed(raw: list[bytes]) -> bytes:
    # Level 1: evidence is seldom read, and the edge waits.
    return zlib.compress(rules.as_list(raw), 1)


def _record(
    bulk: Bulk, read: ReadBatch, kept: bytes, now_ms: int
) -> Recorded | Gap | Contradiction:
    source, batch, hashes = read.source, read.batch, read.hashes
    first, last = batch.first_seq, batch.first_seq + len(batch.events) - 1
    head = repository.head(bulk, source.edge_number, batch.epoch)
    if first > head.seq + 1:
        return Gap(head.seq + 1)
    known = min(head.seq, last)
    # One hash says that every line up to there is the same: each contains all before it.
    said = hashes[known - first] if known >= first else batch.prev_hash
    is_newest = known == head.seq
    stored = head.chain_hash if is_newest else _hash_at(bulk, source, batch.epoch, known)
    if said != stored:
        return _keep_contradiction(bulk, read, now_ms)
    if last > head.seq:
        news = _without_known(read, head)
        _write(bulk, news, kept if news is read else _compressed(news.raw), now_ms)
    return Recorded(last, hashes[-1])


def _without_known(read: ReadBatch, head: JournalHead) -> ReadBatch:
    """The part of a batch that follows `head`."""
    batch = read.batch
    count = head.seq + 1 - batch.first_seq
    if count == 0:
        return read
    rest = msgspec.structs.replace(
        batch, first_seq=head.seq + 1, prev_hash=head.chain_hash, events=batch.events[count:]
    )
    return read_batch(read.source, rest)


def _write(bulk: Bulk, read: ReadBatch, kept: bytes, now_ms: int) -> None:
    batch, batch_id = read.batch, repository.next_batch_id(bulk)
    values = (
        batch_id,
        read.source.edge_number,
        batch.epoch,
        batch.first_seq,
        batch.first_seq + len(batch.events) - 1,
        batch.prev_hash,
        read.hashes[-1],
        now_ms,
        kept,
    )
    repository.insert_batch(bulk, values)
    rows, parked = read.lines.rows, read.lines.parked
    if read.lines.for_alarms:
        changes = alarm_changes(read.lines.for_alarms)
        alarms.apply_changes(bulk, read.source.edge_number, changes)
    if rows and repository.insert_events(bulk, batch_id, rows) < len(rows):
        parked = parked + _collided(bulk, batch_id, read)
    if parked:
        stored = [_parked_row(read.source, batch_id, line, now_ms) for line in parked]
        repository.insert_parked(bulk, stored)


def _collided(bulk: Bulk, batch_id: int, read: ReadBatch) -> list[ParkedLine]:
    """Lines whose id another event has: another journal of the same edge, in the same ms."""
    ids = [row[0] for row in read.lines.rows]
    taken = repository.ids_of_other_batches(bulk, ids, batch_id)
    first, raw = read.batch.first_seq, read.raw
    return [
        ParkedLine(seq, "another event has this id", raw[seq - first])
        for identifier, seq, *_ in read.lines.rows
        if identifier in taken
    ]


def _hash_at(bulk: Bulk, source: Source, epoch: bytes, seq: int) -> bytes:
    """The chain hash after a line that came before."""
    if seq == 0:
        return GENESIS
    row = repository.batch_with(bulk, source.edge_number, epoch, seq)
    if row is None:
        return b""
    raw = kept_lines(row.lines)[: seq - row.first_seq + 1]
    return rules.chain_hashes(epoch, row.first_seq, row.prev_hash, raw)[-1]


def _keep_contradiction(bulk: Bulk, read: ReadBatch, now_ms: int) -> Contradiction:
    source, batch = read.source, read.batch
    last = batch.first_seq + len(batch.events) - 1
    detail = f"journal {batch.epoch.hex()[:8]}, events {batch.first_seq}..{last}"
    conflict = {
        "edge_number": source.edge_number,
        "epoch": batch.epoch,
        "first_seq": batch.first_seq,
        "head_hash": read.hashes[-1],
        "received_ms": now_ms,
        "body": zlib.compress(msgspec.json.encode(batch), 1),
    }
    if repository.insert_conflict(bulk, conflict):
        kind = AlarmKind.JOURNAL_CONFLICT
        alarms.raise_now(bulk, kind, source.edge_number, detail, now_ms)
    return Contradiction(detail)


def _refuse_senseless(batch: EventBatch) -> None:
    if not 1 <= len(batch.events) <= MAX_BATCH_EVENTS:
        raise MalformedMessage(f"a batch has 1 to {MAX_BATCH_EVENTS} events")
    if len(batch.epoch) != EPOCH_BYTES or len(batch.prev_hash) != HASH_BYTES:
        raise MalformedMessage(f"an epoch has {EPOCH_BYTES} bytes, a hash {HASH_BYTES}")
    if not 1 <= batch.first_seq < 1 << 62:
        raise MalformedMessage("sequences count from 1")


def kept_lines(compressed: bytes) -> list[bytes]:
    """The lines of a batch, byte for byte as the edge wrote them."""
    return [bytes(line) for line in _LINES.decode(zlib.decompress(compressed))]


async def make_filter(session: Session, asked: Asked, zone: ZoneInfo) -> EventFilter:
    """What was typed as a filter; a value that cannot be read does not restrict."""
    gates = {str(view.gate_id): view.number for view in await sites.list_gates(session)}
    persons: tuple[int, ...] | None = None
    if asked.name.strip():
        persons = tuple(await holders.numbers_named(session, asked.name.strip()))
    elif asked.person.isascii() and asked.person.isdigit() and len(asked.person) < 10:  # noqa: PLR2004 - 32 bits
        persons = (int(asked.person),)
    return EventFilter(
        from_id=_bound(asked.begins, zone),
        until_id=_bound(asked.ends, zone),
        gate=gates.get(asked.gate),
        persons=persons,
        kind=next((code for kind, code in rules.KIND_CODES.items() if kind == asked.kind), None),
        reason=next(
            (c for reason, c in rules.REASON_CODES.items() if reason == asked.reason), None
        ),
        is_offline=asked.offline == "1",
    )


def _bound(typed: str, zone: ZoneInfo) -> int | None:
    try:
        local = datetime.fromisoformat(typed)
    except ValueError:
        return None
    wall_ms = int(local.replace(tzinfo=local.tzinfo or zone).timestamp() * 1000)
    return max(0, wall_ms) << rules.TIME_SHIFT


async def search(
    session: Session, wanted: EventFilter, *, before_id: int | None = None
) -> tuple[EventView, ...]:
    """One page of events, newest first, names masked."""
    found = await repository.search(session, wanted, before_id=before_id, count=PAGE_SIZE)
    return await _views(session, found)


async def arrived_after(session: Session, batch_id: int, count: int) -> tuple[EventView, ...]:
    """The newest `count` events that came after a batch, in the order of arrival."""
    found = await repository.of_batches(session, after_batch=batch_id, count=count)
    return await _views(session, found)


async def newest_batch(session: Session) -> int:
    """The number of the newest batch; 0 before the first."""
    return await repository.newest_batch(session)


async def get_event(session: Session, identifier: int) -> EventDetail:
    """One event with everything the edge said of it; NotFound if there is none."""
    found = await repository.get(session, identifier)
    if found is None:
        raise NotFound
    event, batch = found
    (view,) = await _views(session, [(event, batch.received_ms)])
    line = kept_lines(batch.lines)[event.edge_seq - batch.first_seq]
    said = msgspec.json.decode(line, type=dict[str, object])
    return EventDetail(event=view, fields={name: str(value) for name, value in said.items()})


async def reveal_event(session: Session, identifier: int, reason: str, by: By) -> EventDetail:
    """The same with the person's name; the look is recorded with its reason."""
    detail = await get_event(session, identifier)
    if detail.event.person is None:
        return detail
    names = await holders.names_of(session, {detail.event.person})
    subject = f"holder:{detail.event.person}"
    await record(session, by.did(Action.PERSON_REVEALED, subject, f"event {identifier}: {reason}"))
    name, _ = names.get(detail.event.person, ("", None))
    return replace(detail, event=replace(detail.event, person_name=name))


async def export(
    database: Database, wanted: EventFilter, *, with_names: bool
) -> AsyncIterator[Sequence[tuple[EventView, str]]]:
    """Every event that matches, newest first, in pages; beside each the person as to be written.

    Each page is a transaction of its own, so an export holds up nothing however long it takes.
    The caller has recorded the export.
    """
    before_id: int | None = None
    while True:
        async with database.reading() as session:
            found = await repository.search(
                session, wanted, before_id=before_id, count=_EXPORT_PAGE
            )
            views = await _views(session, found)
            numbers = {view.person for view in views if view.person is not None}
            names = await holders.names_of(session, numbers) if with_names else {}
        if not views:
            return
        yield [
            (view, names[view.person][0] if view.person in names else view.person_name)
            for view in views
        ]
        before_id = views[-1].event_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What could not be recorded as an event."""

    at_ms: int
    edge_number: int
    seq: int | None
    detail: str


async def unknown_passes(
    session: Session, pass_ids: Sequence[PassId], since_ms: int
) -> set[PassId]:
    """Those of the passes and cards that a gate has refused as unknown since then."""
    known = {int.from_bytes(pass_id, "big", signed=True): pass_id for pass_id in pass_ids}
    reason = rules.REASON_CODES[ReasonCode.CREDENTIAL_NOT_FOUND]
    from_id = max(0, since_ms) << rules.TIME_SHIFT
    found = await repository.refused_passes(session, list(known), reason, from_id)
    return {known[ref] for ref in found}


async def list_parked(session: Session) -> tuple[Trouble, ...]:
    """The newest lines that could not be interpreted."""
    rows = await repository.parked(session, PAGE_SIZE)
    return tuple(
        Trouble(at_ms=r.received_ms, edge_number=r.edge_number, seq=r.seq, detail=r.problem)
        for r in rows
    )


async def entries_taken(session: Session, person: int) -> int:
    """How often a person has entered, as far as the gates have told; unclear ones count."""
    kinds = (AccessEventKind.ACCESS_TAKEN, AccessEventKind.ACCESS_OUTCOME_UNKNOWN)
    codes = [rules.KIND_CODES[kind] for kind in kinds]
    entry = rules.DIRECTION_CODES[Direction.ENTRY]
    return await repository.count_events(session, person, entry, codes)


async def _views(session: Session, found: Sequence[tuple[EventRow, int]]) -> tuple[EventView, ...]:
    gates = {view.number: view for view in await sites.list_gates(session)}
    numbers = {event.person for event, _ in found if event.person is not None}
    names = await holders.names_of(session, numbers) if numbers else {}
    views: list[EventView] = []
    for event, received_ms in found:
        gate = gates.get(event.gate)
        person = names.get(event.person) if event.person is not None else None
        views.append(
            EventView(
                event_id=event.id,
                wall_ms=rules.wall_ms_of(event.id),
                received_ms=received_ms,
                gate_zh=gate.name_zh if gate else str(event.gate),
                gate_en=gate.name_en if gate else str(event.gate),
                direction=_direction(event.direction),
                kind=rules.kind_of(event.kind),
                reason=None if event.reason is None else rules.reason_of(event.reason),
                is_denied=event.reason is not None,
                person=event.person,
                person_name=masked(person[0]) if person else "",
                is_offline=bool(event.is_offline),
            )
        )
    return tuple(views)


def _direction(code: int | None) -> Direction | None:
    return None if code is None else _DIRECTIONS[code]


def _parked_row(
    source: Source, batch_id: int, parked: ParkedLine, now_ms: int
) -> dict[str, object]:
    return {
        "batch_id": batch_id,
        "edge_number": source.edge_number,
        "seq": parked.seq,
        "problem": parked.problem,
        "line": parked.line,
        "received_ms": now_ms,
    }
