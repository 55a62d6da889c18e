"""Areas, gates and edges."""

import pytest

from access_core.ids import EdgeId
from central_server.kit.audit import By
from central_server.kit.centre import Centre
from central_server.kit.errors import Conflict, NotFound
from central_server.kit.feed import ChangeKind, changes_between
from central_server.sites import service
from central_server.sites.schemas import NewAreaForm, NewGateForm
from tests.central_server.an_edge import AnEdge
from tests.central_server.conftest import START_MS
from tests.central_server.visitors import add_gate

BY = By(now_ms=START_MS)


async def test_a_gate_comes_with_its_door_and_both_ways(centre: Centre) -> None:
    """Door, access points and readers follow from the identifier; edges hear of it."""
    await add_gate(centre, "north-1")
    async with centre.database.reading() as session:
        gate = await service.get_gate(session, "north-1")
        assert await changes_between(session, 0, 9) == [(ChangeKind.LEVELS, "")]
    assert gate.door_id == "north-1-door"
    assert [(p.access_point_id, p.direction) for p in gate.access_points] == [
        ("north-1-in", "entry"),
        ("north-1-out", "exit"),
    ]
    assert gate.edge is None


async def test_taken_and_unknown_names_are_refused(centre: Centre) -> None:
    """The same identifier twice, an area that is not there, a gate that is not there."""
    await add_gate(centre, "north-1")
    form = NewGateForm(gate_id="north-1", name_zh="x", name_en="x")
    area = NewAreaForm(area_id="campus", name_zh="x", name_en="x")
    async with centre.database.writing() as session:
        with pytest.raises(Conflict):
            await service.add_gate(session, form, BY)
        elsewhere = form.model_copy(update={"gate_id": "x-1", "area_id": "moon"})
        with pytest.raises(NotFound):
            await service.add_gate(session, elsewhere, BY)
        with pytest.raises(Conflict):
            await service.add_area(session, area, BY)
        with pytest.raises(NotFound):
            await service.make_enrol_code(session, "x-9", 15, BY)


async def test_areas_get_the_lowest_free_bit_until_a_pass_can_name_no_more(
    centre: Centre,
) -> None:
    """32 areas and no more."""
    async with centre.database.writing() as session:
        for number in range(1, 32):
            form = NewAreaForm(area_id=f"area-{number}", name_zh="x", name_en="x")
            await service.add_area(session, form, BY)
        bits = [area.zone_bit for area in await service.list_areas(session)]
        assert bits == list(range(32))
        form = NewAreaForm(area_id="one-more", name_zh="x", name_en="x")
        with pytest.raises(Conflict, match="32"):
            await service.add_area(session, form, BY)


async def test_a_new_code_replaces_the_edge_at_its_gate(north: AnEdge, centre: Centre) -> None:
    """After a dead disk the gate keeps its edge's name, and the old key is worth nothing."""
    async with centre.database.writing() as session:
        first = await service.make_enrol_code(session, "north", 15, BY)
        second = await service.make_enrol_code(session, "north", 15, BY)
    spare = AnEdge(north.client, north.clock)
    assert (await spare.enrol(first)).status_code == 404
    assert (await spare.enrol(second)).status_code == 200
    assert spare.edge_id == north.edge_id
    assert (await north.get("/edge/v1/changes", after=0)).status_code == 401
    assert await spare.changes(0) is not None


async def test_an_edge_that_is_silent_is_offline(north: AnEdge, centre: Centre) -> None:
    """Online counts from the last time it was heard."""
    assert await north.changes(0) is not None
    async with centre.database.reading() as session:
        for later_ms, is_online in ((90_000, True), (90_001, False)):
            gate = await service.get_gate(
                session, "north", now_ms=START_MS + later_ms, offline_after_s=90
            )
            assert gate.edge is not None
            assert gate.edge.is_online is is_online
        assert await service.find_edge(session, EdgeId("edge-unknown")) is None
