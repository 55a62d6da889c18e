"""SQL of sites."""

from central_server.kit.centre import Centre
from central_server.sites import repository
from central_server.sites.repository import AreaRow, EnrolCodeRow
from tests.central_server.visitors import add_gate


async def test_the_lowest_free_bit_fills_holes(centre: Centre) -> None:
    """A bit that became free is given again."""
    async with centre.database.writing() as session:
        row = AreaRow(area_id="far", name_zh="x", name_en="x", zone_bit=2)
        await repository.add(session, row)
        assert await repository.lowest_free_zone_bit(session, 32) == 1
        assert await repository.lowest_free_zone_bit(session, 1) is None


async def test_a_code_is_taken_once(centre: Centre) -> None:
    """Taking a code uses it up."""
    await add_gate(centre)
    async with centre.database.writing() as session:
        row = EnrolCodeRow(code_hash=bytes(32), gate_number=1, expires_ms=5)
        await repository.replace_enrol_code(session, row)
        assert await repository.take_enrol_code(session, bytes(32)) is not None
        assert await repository.take_enrol_code(session, bytes(32)) is None
        assert await repository.edge_count(session) == 0
        assert await repository.edge_of_gate(session, 1) is None
