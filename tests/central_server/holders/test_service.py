"""People and the block list."""

import pytest

from access_core.model.holder import HolderKind
from central_server.holders import service
from central_server.holders.schemas import NewHolderForm
from central_server.kit.audit import Action, By, newest
from central_server.kit.centre import Centre
from central_server.kit.errors import NotFound
from central_server.kit.feed import ChangeKind, changes_between, head_revision

BY = By(now_ms=1, operator_id=None)
LI = NewHolderForm(kind=HolderKind.STAFF, full_name="李雷", department="Physics")


async def test_a_blocked_person_is_told_to_every_gate(centre: Centre) -> None:
    """Blocking and unblocking are in the feed and in the audit with their reasons."""
    async with centre.database.writing() as session:
        holder_id = await service.add_holder(session, LI, BY)
        await service.set_blocked(session, 1, "stole a bicycle", BY, is_blocked=True)
        assert await service.blocked_ids(session) == {holder_id}
        assert (await service.get_holder(session, 1)).block_reason == "stole a bicycle"
        await service.set_blocked(session, 1, "gave it back", BY, is_blocked=False)
        assert await service.blocked_ids(session) == frozenset()
        head = await head_revision(session)
        assert await changes_between(session, 0, head) == [(ChangeKind.HOLDER, holder_id)] * 2
        details = [entry.detail for entry in await newest(session, before_id=None, count=2)]
    assert details == ["gave it back", "stole a bicycle"]


async def test_names_are_masked_and_a_look_is_recorded(centre: Centre) -> None:
    """The list and the page mask; revealing writes who and why."""
    async with centre.database.writing() as session:
        await service.add_holder(session, LI, BY)
        (found,) = await service.search(session, name_begins="李")
        assert found.name == "李**"
        assert (await service.reveal_holder(session, 1, "lost phone", BY)).name == "李雷"
        (entry, *_) = await newest(session, before_id=None, count=1)
        assert (entry.action, entry.subject, entry.detail) == (
            Action.PERSON_REVEALED,
            "holder:1",
            "lost phone",
        )
        with pytest.raises(NotFound):
            await service.get_holder(session, 2)


async def test_search_narrows_by_kind_and_pages_by_number(centre: Centre) -> None:
    """Nobody is shown twice or left out."""
    async with centre.database.writing() as session:
        for number in range(service.PAGE_SIZE + 1):
            kind = HolderKind.STUDENT if number else HolderKind.STAFF
            await service.add_holder(session, NewHolderForm(kind=kind, full_name=f"a{number}"), BY)
        page = await service.search(session)
        rest = await service.search(session, after=page[-1].number)
        staff = await service.search(session, kind=HolderKind.STAFF)
    assert [view.number for view in (*page, *rest)] == list(range(1, 52))
    assert [view.number for view in staff] == [1]


@pytest.mark.parametrize("text", ["", "h", "x1", "h-1", "h1x", "h99999999999", "h\uff11"])
def test_what_is_no_holder_id_has_no_number(text: str) -> None:
    """Only `h` and digits are ours."""
    assert service.number_of(text) is None
    assert service.number_of(service.holder_id_of(7)) == 7
