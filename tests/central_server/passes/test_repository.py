"""The table of passes on a real database."""

from access_core.ids import HolderId, PassId
from access_core.model.credential import CredentialStatus
from central_server.kit.centre import Centre
from central_server.passes import repository
from tests.central_server.passes.samples import BEGINS_S, a_record

ONE, TWO = PassId(b"pass one"), PassId(b"pass two")


async def test_a_pass_comes_back_as_it_was_stored(centre: Centre) -> None:
    """Every column is read as it was written."""
    record = a_record(ONE, short_code="12345678")
    async with centre.database.writing() as session:
        await repository.add(session, record, made_ms=1)
    async with centre.database.reading() as session:
        assert await repository.by_id(session, ONE) == record
        assert await repository.subject_of_short_code(session, "12345678") == "visit:1"
        assert await repository.by_id(session, TWO) is None


async def test_changes_are_seen_in_the_same_transaction(centre: Centre) -> None:
    """What was changed a line before is what is read."""
    async with centre.database.writing() as session:
        await repository.add(session, a_record(ONE), made_ms=1)
        await repository.set_status(session, [ONE], CredentialStatus.DISABLED)
        await repository.set_end(session, ONE, BEGINS_S + 60)
        await repository.set_signed(session, ONE, b"a" * 16, b"signed")
        read = await repository.by_id(session, ONE)
    assert read is not None
    assert read.status is CredentialStatus.DISABLED
    assert read.order.valid_until_s == BEGINS_S + 60
    assert (read.anchor, read.signed) == (b"a" * 16, b"signed")


async def test_passes_are_found_by_what_they_belong_to(centre: Centre) -> None:
    """By subject newest first, by holder, by ids, by not being over."""
    async with centre.database.writing() as session:
        await repository.add(session, a_record(ONE), made_ms=1)
        await repository.add(session, a_record(TWO), made_ms=2)
    async with centre.database.reading() as session:
        of_subject = await repository.of_subjects(session, ["visit:1", "visit:2"])
        assert [record.pass_id for record in of_subject] == [TWO, ONE]
        assert len(await repository.of_holder(session, HolderId("h1"))) == 2
        assert [r.pass_id for r in await repository.by_ids(session, [TWO])] == [TWO]
        assert len(await repository.not_over(session, BEGINS_S + 7199)) == 2
        assert await repository.not_over(session, BEGINS_S + 7200) == []
