"""SQL of operators."""

from central_server.kit.centre import Centre
from central_server.kit.permissions import Role
from central_server.operators import repository
from tests.central_server.visitors import session_of


async def test_hosts_are_found_by_their_exact_name(centre: Centre) -> None:
    """Only enabled hosts, whatever the case of the letters."""
    await session_of(centre, Role.HOST, "Li Ming")
    await session_of(centre, Role.SECURITY, "Li Ming")
    async with centre.database.writing() as session:
        assert len(await repository.with_role_named(session, Role.HOST, "li ming")) == 1
        assert await repository.with_role_named(session, Role.HOST, "li") == []
        (row,) = await repository.with_role_named(session, Role.HOST, "Li Ming")
        row.is_enabled = False
        await session.flush()
        assert await repository.with_role_named(session, Role.HOST, "Li Ming") == []
