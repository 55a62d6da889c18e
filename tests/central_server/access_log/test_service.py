"""Search, reveal, export."""

from zoneinfo import ZoneInfo

import msgspec
import pytest

from access_core.errors import MalformedMessage
from access_core.model.access_event import AccessEventKind
from access_core.model.holder import HolderKind
from access_core.wire.messages import EventBatch, Reader
from central_server.access_log import service
from central_server.access_log.rules import Source
from central_server.access_log.schemas import Asked
from central_server.holders import service as holders
from central_server.holders.schemas import NewHolderForm
from central_server.kit.audit import By, newest
from central_server.kit.centre import Centre
from central_server.kit.errors import NotFound
from tests.central_server.an_edge import AnEdge, line
from tests.central_server.conftest import START_MS

BY = By(now_ms=START_MS)
ZONE = ZoneInfo("Asia/Shanghai")
DENIED = AccessEventKind.ACCESS_DENIED


@pytest.fixture
async def filled(north: AnEdge, centre: Centre) -> Centre:
    """Two people, and five events a minute apart."""
    async with centre.database.writing() as session:
        for name in ("李雷", "韩梅梅"):
            form = NewHolderForm(kind=HolderKind.STUDENT, full_name=name)
            await holders.add_holder(session, form, BY)
    lines = [
        line(START_MS, holder_id="h1", direction="entry"),
        line(START_MS + 60_000, DENIED, holder_id="h2", reasons=("PASS_STALE",)),
        line(START_MS + 120_000, DENIED, reasons=("PASS_FORGED",), is_offline=True),
        line(START_MS + 180_000, DENIED, reasons=("FROM_THE_FUTURE",)),
        line(START_MS + 240_000, AccessEventKind.EDGE_STOPPED),
    ]
    await north.send(lines)
    return centre


@pytest.mark.parametrize(
    ("asked", "minutes"),
    [
        (Asked(), [4, 3, 2, 1, 0]),
        (Asked(person="2"), [1]),
        (Asked(name="李"), [0]),
        (Asked(name="王"), []),
        (Asked(kind="access_denied"), [3, 2, 1]),
        (Asked(reason="PASS_FORGED"), [2]),
        (Asked(offline="1"), [2]),
        (Asked(gate="north"), [4, 3, 2, 1, 0]),
        (Asked(begins="2027-01-15T16:01", ends="2027-01-15T16:03"), [2, 1]),
        (Asked(begins="yesterday", person="x"), [4, 3, 2, 1, 0]),
    ],
)
async def test_search_finds_what_was_asked_newest_first(
    filled: Centre, asked: Asked, minutes: list[int]
) -> None:
    """Each field narrows; what cannot be read does not."""
    async with filled.database.reading() as session:
        wanted = await service.make_filter(session, asked, ZONE)
        found = await service.search(session, wanted)
    assert [(view.wall_ms - START_MS) // 60_000 for view in found] == minutes


async def test_pages_follow_one_another_without_gap(north: AnEdge, centre: Centre) -> None:
    """The next page begins where the last one ended."""
    await north.send([line(START_MS + i) for i in range(120)])
    seen: list[int] = []
    before: int | None = None
    async with centre.database.reading() as session:
        wanted = await service.make_filter(session, Asked(), ZONE)
        while page := await service.search(session, wanted, before_id=before):
            seen += [view.wall_ms - START_MS for view in page]
            before = page[-1].event_id
    assert seen == list(range(119, -1, -1))


async def test_names_are_masked_until_they_are_revealed_for_a_reason(filled: Centre) -> None:
    """The look is in the audit with the event and the reason."""
    async with filled.database.writing() as session:
        wanted = await service.make_filter(session, Asked(person="1"), ZONE)
        (view,) = await service.search(session, wanted)
        assert view.person_name == "李**"
        detail = await service.reveal_event(session, view.event_id, "theft", BY)
        assert detail.event.person_name == "李雷"
        assert detail.fields["holder_id"] == "h1"
        (entry,) = await newest(session, before_id=None, count=1)
        assert entry.subject == "holder:1"
        assert "theft" in entry.detail
        with pytest.raises(NotFound):
            await service.get_event(session, 1)
        stopped = await service.make_filter(session, Asked(kind="edge_stopped"), ZONE)
        (nobody,) = await service.search(session, stopped)
        assert (await service.reveal_event(session, nobody.event_id, "x", BY)).event.person is None


async def test_an_export_gives_every_event_with_names_only_if_allowed(filled: Centre) -> None:
    """In pages, each a transaction of its own."""
    async with filled.database.reading() as session:
        wanted = await service.make_filter(session, Asked(), ZONE)
    for with_names, expected in ((True, {"李雷", "韩梅梅", ""}), (False, {"李**", "韩**", ""})):
        pages = service.export(filled.database, wanted, with_names=with_names)
        rows = [row async for page in pages for row in page]
        assert len(rows) == 5
        assert {person for _, person in rows} == expected


@pytest.mark.parametrize(
    "change",
    [{"events": []}, {"epoch": b"x"}, {"prev_hash": b""}, {"first_seq": 0}, {"first_seq": 1 << 62}],
)
async def test_a_senseless_batch_is_refused(
    north_batch: EventBatch, change: dict[str, object]
) -> None:
    """Before anything is hashed or stored."""
    source = Source(edge_number=1, gate_id="north", gate_number=1, access_points={})
    with pytest.raises(MalformedMessage):
        service.read_batch(source, msgspec.structs.replace(north_batch, **change))


@pytest.fixture
async def north_batch(north: AnEdge) -> EventBatch:
    """A good batch."""
    return Reader(EventBatch).read(north.batch([line(START_MS)]))
