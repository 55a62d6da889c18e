"""Cards from issuing to their end, as a gate hears of them."""

import pytest

from access_core.model.credential import CredentialStatus
from access_core.model.holder import HolderKind
from central_server.cards import service
from central_server.cards.card_numbers import Notation, read_number
from central_server.cards.schemas import CardDeed, CardTerm, NewCard
from central_server.holders import service as holders
from central_server.holders.schemas import NewHolderForm
from central_server.kit.audit import Action, By, newest
from central_server.kit.centre import Centre
from central_server.kit.errors import Conflict, NotFound
from tests.central_server.an_edge import AnEdge
from tests.central_server.conftest import START_MS

BY = By(now_ms=START_MS)
START_S = START_MS // 1000


def new_card(typed: str, holder: int = 1) -> NewCard:
    """A Wiegand card for a year."""
    number = read_number(Notation.W26, typed)
    return NewCard(
        pass_id=number.pass_ids[0],
        holder=holder,
        card_format=number.card_format,
        ending=number.ending,
        term=CardTerm(valid_from_s=START_S, valid_until_s=START_S + 365 * 86_400),
    )


async def add_people(centre: Centre) -> None:
    """A member of staff and a visitor."""
    async with centre.database.writing() as session:
        for kind in (HolderKind.STAFF, HolderKind.VISITOR):
            await holders.add_holder(session, NewHolderForm(kind=kind, full_name="x"), BY)


async def test_a_gate_hears_of_a_card_from_issue_to_its_end(north: AnEdge, centre: Centre) -> None:
    """Whole and as a delta: issued, disabled, enabled, replaced, blocked with its holder."""
    await add_people(centre)
    empty = await north.changes(0)
    assert empty is not None
    assert empty.credentials == ()
    async with centre.database.writing() as session:
        card = await service.issue(session, new_card("1,1"), BY)
    issued = await north.changes(empty.revision)
    assert issued is not None
    (told,) = issued.credentials
    assert (told.pass_id, told.holder_id, told.access_levels) == (
        card.pass_id,
        "h1",
        ("members",),
    )
    revision, statuses = issued.revision, []
    for deed in (CardDeed.DISABLE, CardDeed.ENABLE):
        async with centre.database.writing() as session:
            card = await service.get_card(session, 1, card.card_id)
            await service.change(session, card, deed, "why", BY)
        delta = await north.changes(revision)
        assert delta is not None
        revision = delta.revision
        statuses += [c.status for c in delta.credentials]
    assert statuses == [CredentialStatus.DISABLED, CredentialStatus.ENABLED]
    async with centre.database.writing() as session:
        card = await service.get_card(session, 1, card.card_id)
        await service.replace(session, card, new_card("1,2"), "lost", BY)
        await holders.set_blocked(session, 1, "why", BY, is_blocked=True)
    delta = await north.changes(revision)
    assert delta is not None
    assert sorted((c.status, c.is_holder_blocked) for c in delta.credentials) == [
        (CredentialStatus.ENABLED, True),
        (CredentialStatus.REVOKED, True),
    ]
    whole = await north.changes(0)
    assert whole is not None
    assert {c.pass_id for c in whole.credentials} == {c.pass_id for c in delta.credentials}


async def test_a_card_may_do_what_its_holder_may(north: AnEdge, centre: Centre) -> None:
    """A visitor's card opens nothing until a level is given; taken away, the gate forgets it."""
    await add_people(centre)
    async with centre.database.writing() as session:
        await service.issue(session, new_card("1,1", holder=2), BY)
    before = await north.changes(0)
    assert before is not None
    assert before.credentials == ()
    async with centre.database.writing() as session:
        (level,) = (await holders.levels_of(session, {1}))[1]
        await holders.set_levels(session, 2, [level], BY)
    given = await north.changes(before.revision)
    assert given is not None
    assert [c.access_levels for c in given.credentials] == [("members",)]
    async with centre.database.writing() as session:
        await holders.set_levels(session, 2, [], BY)
    taken = await north.changes(given.revision)
    assert taken is not None
    assert len(taken.removed) == 1


async def test_one_card_has_one_holder(centre: Centre) -> None:
    """Whoever has it, in whatever state it is."""
    async with centre.database.writing() as session:
        card = await service.issue(session, new_card("1,1"), BY)
        with pytest.raises(Conflict, match="Person 1"):
            await service.issue(session, new_card("1,1", holder=2), BY)
        await service.change(session, card, CardDeed.REVOKE, "lost", BY)
        with pytest.raises(Conflict):
            await service.issue(session, new_card("1,1"), BY)
        with pytest.raises(NotFound):
            await service.get_card(session, 2, card.card_id)


async def test_a_deed_that_the_state_forbids_is_refused(centre: Centre) -> None:
    """A revoked card is neither enabled nor given another term; deeds are recorded."""
    async with centre.database.writing() as session:
        card = await service.issue(session, new_card("1,1"), BY)
        with pytest.raises(Conflict):
            await service.change(session, card, CardDeed.ENABLE, "why", BY)
        await service.set_term(session, card, CardTerm(valid_from_s=1, valid_until_s=2), BY)
        await service.change(session, card, CardDeed.REVOKE, "lost", BY)
        card = await service.get_card(session, 1, card.card_id)
        for deed in CardDeed:
            with pytest.raises(Conflict):
                await service.change(session, card, deed, "why", BY)
        with pytest.raises(Conflict):
            await service.set_term(session, card, card.term, BY)
        entries = await newest(session, before_id=None, count=3)
    assert [entry.action for entry in entries] == [
        Action.CARD_REVOKED,
        Action.CARD_TERM_CHANGED,
        Action.CARD_ISSUED,
    ]
    assert {entry.subject for entry in entries} == {"holder:1"}
