"""The table of imports."""

from dataclasses import replace

from central_server.card_issuing import repository
from central_server.card_issuing.schemas import ImportState, Problem
from central_server.kit.centre import Centre
from central_server.kit.i18n import text


async def test_a_state_comes_back_as_it_was_stored(centre: Centre) -> None:
    """With the words of its problems, to be said in either language."""
    state = ImportState(
        import_id=1,
        file_name="cards.csv",
        started_ms=1,
        moved_ms=2,
        total=3,
        done=1,
        issued=0,
        known=0,
        refused=1,
        problems=(Problem(2, text("There is no person %(n)s.", n=9)),),
    )
    async with centre.database.writing() as session:
        assert await repository.add(session, None, state) == 1
        moved = replace(state, done=3, issued=2)
        await repository.update_state(session, moved)
        assert await repository.get(session, 1) == moved
        assert moved.is_over
        assert await repository.get(session, 2) is None
