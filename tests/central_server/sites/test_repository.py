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
    """Using a code uses it up; it is kept, and a new code for the gate does not hide that."""
    await add_gate(centre)
    async with centre.database.writing() as session:
        row = EnrolCodeRow(code_hash=bytes(32), gate_number=1, expires_ms=5)
        await repository.replace_enrol_code(session, row)
        assert await repository.use_enrol_code(session, bytes(32), 3)
        assert not await repository.use_enrol_code(session, bytes(32), 4)
        newer = EnrolCodeRow(code_hash=bytes([1]) * 32, gate_number=1, expires_ms=5)
        await repository.replace_enrol_code(session, newer)
        used = await repository.enrol_code(session, bytes(32))
        assert used is not None
        assert used.used_ms == 3
        assert await repository.edge_count(session) == 0
        assert await repository.edge_of_gate(session, 1) is None
