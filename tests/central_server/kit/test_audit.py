"""The audit is written with the deed, and read newest first."""

import pytest

from central_server.kit.audit import Action, By, newest, record
from central_server.kit.centre import Centre

BY = By(now_ms=5, operator_id=None, source="10.0.0.1")


async def test_entries_come_back_newest_first_in_pages(centre: Centre) -> None:
    """Pages go back from the newest entry without gaps."""
    async with centre.database.writing() as session:
        for number in range(5):
            await record(session, BY.did(Action.HOLDER_ADDED, f"holder:{number}"))
    async with centre.database.reading() as session:
        page = await newest(session, before_id=None, count=3)
        rest = await newest(session, before_id=page[-1].id, count=3)
    subjects = [entry.subject for entry in [*page, *rest]]
    assert subjects == [f"holder:{n}" for n in (4, 3, 2, 1, 0)]
    assert page[0].source == "10.0.0.1"


async def test_a_deed_undone_leaves_no_entry(centre: Centre) -> None:
    """A transaction that fails takes its audit entry with it."""

    async def fail() -> None:
        async with centre.database.writing() as session:
            await record(session, BY.did(Action.HOLDER_ADDED, "holder:1"))
            raise LookupError

    with pytest.raises(LookupError):
        await fail()
    async with centre.database.reading() as session:
        assert await newest(session, before_id=None, count=3) == []


def test_long_details_are_cut_not_refused() -> None:
    """A head makes entries that carry who, when and from where."""
    entry = BY.did(Action.GATE_ADDED, "gate:north", "why")
    assert (entry.at_ms, entry.source, entry.detail) == (5, "10.0.0.1", "why")
