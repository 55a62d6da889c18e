"""SQL of access levels."""

from central_server.access_levels import repository
from central_server.access_levels.schemas import ALWAYS, MEMBERS, VISITORS
from central_server.kit.centre import Centre


async def test_every_database_begins_with_two_levels_under_one_schedule(centre: Centre) -> None:
    """A visit can be approved and a member let in before anybody has edited anything."""
    async with centre.database.reading() as session:
        assert await repository.schedule(session, ALWAYS) is not None
        assert [row.access_level_id for row in await repository.levels(session)] == [
            MEMBERS,
            VISITORS,
        ]
        assert await repository.level(session, "none") is None
        assert len(await repository.schedules(session)) == 1
