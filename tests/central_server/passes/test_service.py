"""Passes are made, signed, changed and ended; the gates hear of each step."""

import pytest

from access_core.model.credential import CredentialStatus
from access_core.passes import short_code
from access_core.passes.pass_token import PassType, SignedPass, parse, render
from central_server.kit.centre import Centre
from central_server.kit.errors import Conflict, NotFound
from central_server.kit.feed import head_revision
from central_server.passes import service
from central_server.passes.schemas import AnchorRequest, PassRecord
from tests.central_server.passes.samples import BEGINS_S, an_order

ANCHOR = b"a" * 16


def anchor_of(record: PassRecord, anchor: bytes = ANCHOR, claim: str = "") -> AnchorRequest:
    """What the phone sends."""
    return AnchorRequest(record.pass_id, anchor, claim)


async def revision(centre: Centre) -> int:
    """How much the gates have been told."""
    async with centre.database.reading() as session:
        return await head_revision(session)


async def test_the_gates_are_told_of_every_change(centre: Centre) -> None:
    """Issue, suspend, resume, shorten, revoke: each is one line in the feed, signing is none."""
    database, now = centre.database, centre.clock.now()
    told = [await revision(centre)]
    async with database.writing() as session:
        record = await service.issue(session, an_order(), now)
    told.append(await revision(centre))
    async with database.writing() as session:
        await service.sign_with_anchor(session, centre.keys, anchor_of(record))
    told.append(await revision(centre))
    for step in (service.suspend, service.resume, service.revoke):
        async with database.writing() as session:
            await step(session, "visit:1")
        told.append(await revision(centre))
    assert [later - told[0] for later in told] == [0, 1, 1, 2, 3, 4]


async def test_a_subject_has_one_live_pass_and_one_short_code(centre: Centre) -> None:
    """A second pass revokes the first and takes over its short code."""
    async with centre.database.writing() as session:
        first = await service.issue(session, an_order(), centre.clock.now())
        second = await service.issue(session, an_order(), centre.clock.now())
        live = await service.live_passes(session, ["visit:1", "visit:2"])
        credentials = await service.credentials(session, [first.pass_id, second.pass_id])
    assert second.short_code == first.short_code
    assert {s: record.pass_id for s, record in live.items()} == {"visit:1": second.pass_id}
    assert {c.pass_id: c.status for c in credentials} == {
        first.pass_id: CredentialStatus.REVOKED,
        second.pass_id: CredentialStatus.ENABLED,
    }


async def test_an_anchor_is_signed_once(centre: Centre) -> None:
    """The same anchor gets the same bytes, another one a refusal."""
    async with centre.database.writing() as session:
        record = await service.issue(session, an_order(), centre.clock.now())
        signed = [
            await service.sign_with_anchor(session, centre.keys, anchor_of(record))
            for _ in range(2)
        ]
        assert signed[0] == signed[1]
        with pytest.raises(Conflict):
            await service.sign_with_anchor(session, centre.keys, anchor_of(record, b"b" * 16))


async def test_no_anchor_for_a_pass_that_is_over_or_on_paper(centre: Centre) -> None:
    """Revoked, printed and unknown passes are answered alike."""
    async with centre.database.writing() as session:
        revoked = await service.issue(session, an_order(), centre.clock.now())
        await service.revoke(session, "visit:1")
        printed = await service.issue(
            session, an_order("visit:2", PassType.PRINTED), centre.clock.now()
        )
        for record in (revoked, printed):
            with pytest.raises(NotFound):
                await service.sign_with_anchor(session, centre.keys, anchor_of(record))


async def test_resume_brings_back_what_suspend_stopped_and_nothing_else(centre: Centre) -> None:
    """A revoked pass stays revoked."""
    async with centre.database.writing() as session:
        await service.issue(session, an_order(), centre.clock.now())
        await service.suspend(session, "visit:1")
        await service.resume(session, "visit:1")
        assert await service.live_pass(session, "visit:1") is not None
        await service.revoke(session, "visit:1")
        await service.resume(session, "visit:1")
        assert await service.live_pass(session, "visit:1") is None


async def test_a_short_code_is_found_however_it_is_typed(centre: Centre) -> None:
    """Grouped, in small letters, or not at all a code."""
    async with centre.database.writing() as session:
        record = await service.issue(session, an_order(), centre.clock.now())
        assert record.short_code is not None
        typed = short_code.grouped(record.short_code).lower()
        assert await service.find_by_short_code(session, typed) == "visit:1"
        assert await service.find_by_short_code(session, "not a code") is None


async def test_a_printed_pass_is_static(centre: Centre) -> None:
    """It has no anchor, one use, and the window of its order."""
    async with centre.database.writing() as session:
        record = await service.issue(
            session, an_order(pass_type=PassType.PRINTED), centre.clock.now()
        )
        signed = await service.sign_printed(session, centre.keys, record)
    read = parse(render(signed, None).encode())
    assert isinstance(read, SignedPass)
    assert (read.claims.anchor, read.claims.uses) == (None, 1)
    assert read.claims.not_before_s == BEGINS_S


async def test_what_edges_must_know_ends_with_the_pass(centre: Centre) -> None:
    """A snapshot holds every pass whose time is not past, the revoked ones too."""
    async with centre.database.writing() as session:
        record = await service.issue(session, an_order(), centre.clock.now())
        await service.revoke(session, "visit:1")
        now = await service.current_credentials(session, BEGINS_S)
        later = await service.current_credentials(session, BEGINS_S + 7200)
        of_holder = await service.passes_of_holder(session, record.order.holder_id)
    assert [(c.pass_id, c.status) for c in now] == [(record.pass_id, CredentialStatus.REVOKED)]
    assert later == []
    assert of_holder == [record.pass_id]


async def test_a_claimed_pass_waits_for_the_phone_that_asked(centre: Centre) -> None:
    """Without the claim, or with another one, nobody can be first."""
    async with centre.database.writing() as session:
        record = await service.issue(session, an_order(), centre.clock.now(), claim="mine")
        for claim in ("", "yours"):
            assert not service.is_for(record, claim)
            with pytest.raises(Conflict):
                await service.sign_with_anchor(session, centre.keys, anchor_of(record, claim=claim))
        assert await service.sign_with_anchor(session, centre.keys, anchor_of(record, claim="mine"))
