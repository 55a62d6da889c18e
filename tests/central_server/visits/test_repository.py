"""The table of visits on a real database."""

import pytest
from msgspec.structs import replace

from central_server.kit.centre import Centre
from central_server.visits import repository
from central_server.visits.records import VisitQuery
from central_server.visits.rules import VisitState
from tests.central_server.visits.samples import BEGINS_S, a_visit

LINK = b"l" * 32


async def test_a_visit_comes_back_as_it_was_stored(centre: Centre) -> None:
    """By its number and by its link; unknown ones are nothing."""
    async with centre.database.writing() as session:
        number = await repository.add(session, a_visit(), LINK)
        stored = replace(a_visit(), visit_id=number)
        assert await repository.by_id(session, number) == stored
        assert await repository.by_link(session, LINK) == stored
        assert await repository.by_id(session, number + 1) is None
        assert await repository.by_link(session, b"m" * 32) is None


async def test_each_change_is_a_version(centre: Centre) -> None:
    """Columns, version and the moment change together."""
    async with centre.database.writing() as session:
        visit = replace(a_visit(), visit_id=await repository.add(session, a_visit(), LINK))
        await repository.change(session, visit, 5, state=VisitState.DECLINED.value, reason="no")
        changed = await repository.by_id(session, visit.visit_id)
    assert changed == replace(
        visit, state=VisitState.DECLINED, reason="no", version=2, changed_ms=5
    )


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (VisitQuery(), ["Ada", "Grace"]),
        (VisitQuery(count=1), ["Ada"]),
        (VisitQuery(host_id=2), ["Grace"]),
        (VisitQuery(ends_after_s=BEGINS_S + 7200), ["Grace"]),
        (VisitQuery(words="ac"), ["Grace"]),
        (VisitQuery(words="%"), []),
        (VisitQuery(words="b99"), ["Grace"]),
        (VisitQuery(words="5678"), ["Ada"]),
        (VisitQuery(words="34567"), []),
        (VisitQuery(subject_id=2), ["Grace"]),
    ],
)
async def test_visits_are_found(centre: Centre, query: VisitQuery, found: list[str]) -> None:
    """By host, end, part of name or plate, the phone's last four; the next to end first."""
    grace = a_visit(
        name="Grace", phone="13900001111", plate="沪B99999", host_id=2, ends_s=BEGINS_S + 9000
    )
    async with centre.database.writing() as session:
        await repository.add(session, a_visit(name="Ada"), LINK)
        await repository.add(session, grace, b"m" * 32)
        visits = await repository.find(session, query)
    assert [visit.name for visit in visits] == found
