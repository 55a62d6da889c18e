"""The four endpoints, spoken to by an edge that really signs."""

import asyncio
import zlib
from collections.abc import AsyncIterator

import httpx2 as httpx
import pytest
from sqlalchemy import func, select, text

from access_core.model.access_event import AccessEventKind
from access_core.wire.event_chain import GENESIS
from access_core.wire.messages import VERSION, EdgeStatus, encode
from central_server.access_log.repository import (
    BatchRow,
    ConflictRow,
    EventRow,
    ParkedRow,
)
from central_server.alarms import service as alarm_service
from central_server.alarms.repository import AlarmRow
from central_server.kit.audit import By
from central_server.kit.centre import Centre
from central_server.kit.feed import ChangeKind, head_revision, note_change
from central_server.sites import service as sites
from central_server.sites.schemas import NewGateForm
from tests.central_server.an_edge import AnEdge, error_of, line
from tests.central_server.conftest import START_MS, StandingClock

BY = By(now_ms=START_MS)


async def a_gate(centre: Centre, gate_id: str = "north-1") -> str:
    """A new gate; the code for its edge."""
    form = NewGateForm(gate_id=gate_id, name_zh="北门1号", name_en="North gate 1")
    async with centre.database.writing() as session:
        await sites.add_gate(session, form, BY)
        return await sites.make_enrol_code(session, gate_id, 15, BY)


@pytest.fixture
async def edge(client: httpx.AsyncClient, centre: Centre, clock: StandingClock) -> AnEdge:
    """An enrolled edge."""
    made = AnEdge(client, clock)
    answer = await made.enrol(await a_gate(centre))
    assert answer.status_code == 200, answer.text
    return made


async def count(centre: Centre, table: type) -> int:
    """How many rows a table has."""
    async with centre.database.reading() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


async def test_a_code_enrols_once(
    client: httpx.AsyncClient, centre: Centre, clock: StandingClock
) -> None:
    """A one-time code enrols one edge; a second use and an unknown code are refused."""
    code = await a_gate(centre)
    first = AnEdge(client, clock)
    assert (await first.enrol(code.lower().replace("-", " "))).status_code == 200
    assert first.edge_id == "edge-north-1"
    for tried in (code, "AAAA-BBBB"):
        answer = await AnEdge(client, clock).enrol(tried)
        assert (answer.status_code, error_of(answer)) == (404, "not_found")


async def test_a_code_used_again_raises_an_alarm(
    client: httpx.AsyncClient, centre: Centre, clock: StandingClock
) -> None:
    """Security hears of it; who tried learns no more than with any other code.

    Codes that were never used, are over or were made void raise none.
    """
    code = await a_gate(centre)
    first, thief = AnEdge(client, clock), AnEdge(client, clock)
    assert (await first.enrol(code)).status_code == 200
    again, unknown = await thief.enrol(code), await thief.enrol("AAAA-BBBB")
    assert (again.status_code, again.content) == (unknown.status_code, unknown.content)
    assert (await first.enrol(code)).status_code == 404
    async with centre.database.writing() as session:
        void = await sites.make_enrol_code(session, "north-1", 15, BY)
        await sites.make_enrol_code(session, "north-1", 15, BY)
    assert (await thief.enrol(void)).status_code == 404
    async with centre.database.reading() as session:
        alarms = await alarm_service.list_alarms(session)
    assert [alarm.detail.partition("with ")[2] for alarm in alarms] == [
        "the same key: its answer may have been lost",
        "another key",
    ]
    assert all("edge-north-1 used again from 127.0.0.1" in alarm.detail for alarm in alarms)


async def test_a_code_is_over_after_its_minutes(
    client: httpx.AsyncClient, centre: Centre, clock: StandingClock
) -> None:
    """A code that nobody used in time enrols nobody."""
    code = await a_gate(centre)
    clock.advance_ms(15 * 60_000)
    assert (await AnEdge(client, clock).enrol(code)).status_code == 404


async def test_the_first_change_set_is_the_whole_snapshot(edge: AnEdge) -> None:
    """Asking after revision 0 gives rules with gate, access points, levels and issuer keys."""
    changes = await edge.changes(0)
    assert changes is not None
    assert changes.base == 0
    assert changes.rules is not None
    assert [gate.gate_id for gate in changes.rules.gates] == ["north-1"]
    assert [p.access_point_id for p in changes.rules.access_points] == ["north-1-in", "north-1-out"]
    assert len(changes.rules.issuer_keys) == 1
    grants = {lv.access_level_id: len(lv.grants) for lv in changes.rules.access_levels}
    assert grants == {"members": 2, "visitors": 2}


async def test_a_poll_wakes_at_a_change(edge: AnEdge, centre: Centre) -> None:
    """A long poll that waits is answered by the commit of a change, not by its time limit."""
    held = await edge.changes(0)
    assert held is not None
    assert await edge.changes(held.revision) is None
    async with asyncio.TaskGroup() as tasks:
        poll = tasks.create_task(edge.changes(held.revision, wait=60))
        await asyncio.sleep(0)
        async with centre.database.writing() as session:
            await note_change(session, ChangeKind.CREDENTIAL, "00" * 8)
    news = poll.result()
    assert news is not None
    assert (news.base, news.revision) == (held.revision, held.revision + 1)
    assert news.removed == (bytes(8),)


async def test_an_edge_ahead_of_a_restored_centre_gets_a_snapshot_above_it(
    edge: AnEdge, centre: Centre
) -> None:
    """After a restore the revisions go on above what any edge holds."""
    changes = await edge.changes(5000)
    assert changes is not None
    assert changes.base == 0
    assert changes.revision > 5000
    async with centre.database.reading() as session:
        assert await head_revision(session) == changes.revision


async def test_a_batch_is_recorded_once_whatever_is_sent_again(
    edge: AnEdge, centre: Centre
) -> None:
    """The same batch, a part of it and a longer one add each line once and get true receipts."""
    lines = [line(START_MS + i, gate_id="north-1", access_point_id="north-1-in") for i in range(10)]
    receipt = await edge.send(lines[:6])
    assert (receipt.seq, receipt.head_hash) == (6, edge.head(lines[:6]))
    again = await edge.send(lines[:6])
    assert (again.seq, again.head_hash) == (6, receipt.head_hash)
    part = await edge.send(lines[1:4], 2, edge.head(lines[:1]))
    assert (part.seq, part.head_hash) == (4, edge.head(lines[:4]))
    longer = await edge.send(lines[3:], 4, edge.head(lines[:3]))
    assert (longer.seq, longer.head_hash) == (10, edge.head(lines))
    assert await count(centre, EventRow) == 10
    async with centre.database.reading() as session:
        batches = (await session.scalars(select(BatchRow).order_by(BatchRow.id))).all()
    assert [(b.first_seq, b.last_seq) for b in batches] == [(1, 6), (7, 10)]
    assert zlib.decompress(batches[1].lines) == b"[" + b",".join(lines[6:]) + b"]"


async def test_a_gap_is_refused_and_names_what_is_missing(edge: AnEdge) -> None:
    """A batch after a missing line gets no receipt."""
    await edge.send([line(START_MS)])
    answer = await edge.post("/edge/v1/events", edge.batch([line(START_MS)], 3, bytes(32)))
    assert (answer.status_code, error_of(answer)) == (409, "gap")
    assert "2" in answer.text


async def test_other_content_under_the_same_number_is_an_alarm_and_both_are_kept(
    edge: AnEdge, centre: Centre
) -> None:
    """A contradiction moves no watermark, raises one alarm and loses neither side."""
    await edge.send([line(START_MS), line(START_MS + 1)])
    other = edge.batch([line(START_MS), line(START_MS + 2)])
    for _ in range(2):
        answer = await edge.post("/edge/v1/events", other)
        assert (answer.status_code, error_of(answer)) == (409, "contradiction")
    wrong_past = edge.batch([line(START_MS + 3)], 3, bytes(32))
    assert error_of(await edge.post("/edge/v1/events", wrong_past)) == "contradiction"
    assert await count(centre, EventRow) == 2
    assert await count(centre, ConflictRow) == 2
    assert await count(centre, AlarmRow) == 2


async def test_a_line_that_cannot_be_interpreted_is_parked_and_holds_up_nothing(
    edge: AnEdge, centre: Centre
) -> None:
    """Unknown kinds, foreign gates and impossible times are kept as they came."""
    lines = [
        line(START_MS),
        b'{"kind":"from_the_future","wall_ms":1,"mono_ns":1,"boot":"b"}',
        line(START_MS, gate_id="south-9"),
        line(START_MS, access_point_id="south-9-in"),
        line(-1),
        line(START_MS, pass_id=b"short"),
        b'"not even an object"',
        line(START_MS + 1),
    ]
    receipt = await edge.send(lines)
    assert receipt.seq == 8
    assert await count(centre, EventRow) == 2
    async with centre.database.reading() as session:
        parked = (await session.scalars(select(ParkedRow).order_by(ParkedRow.seq))).all()
    assert [(row.seq, row.line) for row in parked] == [(n + 1, lines[n]) for n in range(1, 7)]


async def test_an_id_that_another_journal_used_is_parked(edge: AnEdge, centre: Centre) -> None:
    """A new journal's event in the very same millisecond is not lost."""
    await edge.send([line(START_MS)])
    edge.epoch = bytes([1]) * 16
    assert (await edge.send([line(START_MS), line(START_MS + 1)])).seq == 2
    assert await count(centre, EventRow) == 2
    assert await count(centre, ParkedRow) == 1


async def test_a_request_counts_once_and_only_if_its_signature_holds(edge: AnEdge) -> None:
    """A replayed nonce, another body, another path, an old time and an unknown edge are refused."""
    path, body = "/edge/v1/events", edge.batch([line(START_MS)])
    headers = edge.headers("POST", path, "", body)
    assert (await edge.client.post(path, content=body, headers=headers)).status_code == 200
    replayed = await edge.client.post(path, content=body, headers=headers)
    assert (replayed.status_code, error_of(replayed)) == (401, "untrusted")
    fresh = edge.headers("POST", path, "", body)
    other_body = await edge.client.post(path, content=body + b" ", headers=fresh)
    assert other_body.status_code == 400
    other_path = await edge.client.post("/edge/v1/status", content=body, headers=fresh)
    assert other_path.status_code == 401
    assert (await edge.client.post(path, content=body)).status_code == 400
    edge.edge_id = type(edge.edge_id)("edge-unknown")
    assert (await edge.post(path, body)).status_code == 401


async def test_a_body_over_its_limit_is_refused_unread(edge: AnEdge) -> None:
    """A body over the limit is refused by its declared length, or as it comes in."""
    big = b"x" * (400 * 1024)
    assert (await edge.post("/edge/v1/events", big)).status_code == 413

    async def drip() -> AsyncIterator[bytes]:
        for _ in range(400):
            yield b"x" * 1024

    answer = await edge.client.post("/edge/v1/events", content=drip())
    assert answer.status_code == 413


async def test_a_status_is_shown_at_the_gate(edge: AnEdge, centre: Centre) -> None:
    """What an edge tells of itself stands at its gate."""
    status = EdgeStatus(
        version=VERSION,
        revision=3,
        journal_seq=10,
        delivered_seq=7,
        now_ms=START_MS + 250,
        software="0.1.0",
        devices={"camera": "ready"},
    )
    assert (await edge.post("/edge/v1/status", encode(status))).status_code == 204
    async with centre.database.reading() as session:
        gate = await sites.get_gate(session, "north-1", now_ms=START_MS, offline_after_s=90)
    assert gate.edge is not None
    assert gate.edge.is_online
    assert (gate.edge.backlog, gate.edge.skew_ms) == (3, 250)
    assert gate.edge.devices == {"camera": "ready"}


async def test_every_kind_of_event_is_recorded(edge: AnEdge, centre: Centre) -> None:
    """Each kind the edge can write has its place in the table."""
    kinds = list(AccessEventKind)
    await edge.send([line(START_MS + i, kind) for i, kind in enumerate(kinds)])
    async with centre.database.reading() as session:
        codes = (await session.execute(text("SELECT kind FROM event ORDER BY id"))).scalars().all()
    assert sorted(codes) == list(range(1, len(kinds) + 1))


async def test_a_batch_of_another_edge_is_refused(edge: AnEdge) -> None:
    """An edge cannot speak for another."""
    body = edge.batch([line(START_MS)], 1, GENESIS).replace(b"edge-north-1", b"edge-north-2")
    answer = await edge.post("/edge/v1/events", body)
    assert (answer.status_code, error_of(answer)) == (401, "untrusted")


async def test_the_endpoints_are_described_for_machines(client: httpx.AsyncClient) -> None:
    """OpenAPI names each endpoint with what it wants."""
    described = (await client.get("/api/openapi.json")).json()
    assert set(described["paths"]) == {
        "/edge/v1/enrol",
        "/edge/v1/changes",
        "/edge/v1/events",
        "/edge/v1/status",
    }
    body = described["paths"]["/edge/v1/events"]["post"]["requestBody"]["content"]
    assert "EventBatch" in body["application/json"]["schema"]["$defs"]
