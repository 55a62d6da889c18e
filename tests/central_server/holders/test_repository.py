"""SQL of holders."""

from central_server.holders import repository
from central_server.holders.repository import HolderRow
from central_server.kit.centre import Centre


async def test_signs_of_sql_in_a_name_are_letters(centre: Centre) -> None:
    """A percent sign finds a percent sign."""
    async with centre.database.writing() as session:
        for name in ("100%", "100 years"):
            row = HolderRow(kind="staff", full_name=name, access_levels=[], created_ms=1)
            await repository.add(session, row)
        assert await repository.numbers_named(session, "100%", 10) == [1]
        assert await repository.names(session, {1, 2, 3}) == {
            1: ("100%", "staff"),
            2: ("100 years", "staff"),
        }
