"""The feed of changes that edges follow."""

from central_server.kit.centre import Centre
from central_server.kit.feed import (
    FEED_TOPIC,
    ChangeKind,
    changes_between,
    head_revision,
    note_change,
    skip_to,
)


async def test_revisions_count_changes_in_order(centre: Centre) -> None:
    """Each change gets the next revision, and wakes whoever follows the feed."""
    with centre.database.signals.watch(FEED_TOPIC) as event:
        async with centre.database.writing() as session:
            await note_change(session, ChangeKind.RULES)
            await note_change(session, ChangeKind.CREDENTIAL, "ab")
        assert event.is_set()
    async with centre.database.reading() as session:
        assert await head_revision(session) == 2
        assert await changes_between(session, 1, 2) == [(ChangeKind.CREDENTIAL, "ab")]


async def test_the_feed_can_go_on_above_what_an_edge_holds(centre: Centre) -> None:
    """After a restore the next revision is above the one that was skipped to."""
    async with centre.database.writing() as session:
        await skip_to(session, 100)
        await note_change(session, ChangeKind.RULES)
    async with centre.database.reading() as session:
        assert await head_revision(session) == 101
