"""What the endpoints stand on, where it depends on time or on another process."""

import pytest

from central_server.kit.audit import Action, newest
from central_server.kit.centre import Centre
from central_server.kit.feed import ChangeKind, note_change
from tests.central_server.an_edge import AnEdge, error_of
from tests.central_server.conftest import StandingClock

DAY_MS = 24 * 3_600_000


async def test_rules_are_signed_anew_before_they_grow_stale(
    north: AnEdge, clock: StandingClock
) -> None:
    """A day without any change still brings rules with a later expiry."""
    first = await north.changes(0)
    assert first is not None
    assert await north.changes(first.revision) is None
    clock.advance_ms(DAY_MS)
    renewed = await north.changes(first.revision)
    assert renewed is not None
    assert renewed.rules is not None
    assert renewed.expires_ms - first.expires_ms == DAY_MS


async def test_a_change_of_levels_is_a_snapshot(north: AnEdge, centre: Centre) -> None:
    """What an edge needs may have changed altogether."""
    first = await north.changes(0)
    assert first is not None
    async with centre.database.writing() as session:
        await note_change(session, ChangeKind.CREDENTIAL, "00" * 8)
        await note_change(session, ChangeKind.LEVELS)
    whole = await north.changes(first.revision)
    assert whole is not None
    assert whole.base == 0


async def test_a_revision_out_of_all_reason_is_refused(north: AnEdge, centre: Centre) -> None:
    """A broken edge cannot drive the feed to its end; a restored centre is on record."""
    answer = await north.get("/edge/v1/changes", after=1 << 40)
    assert (answer.status_code, error_of(answer)) == (409, "revision_ahead")
    await north.changes(500)
    async with centre.database.reading() as session:
        (entry,) = await newest(session, before_id=None, count=1)
    assert entry.action == Action.EDGE_REVISION_AHEAD


@pytest.mark.parametrize("size", [0, 31, 33])
async def test_a_key_of_another_size_enrols_nobody(north: AnEdge, size: int) -> None:
    """The one-time code is not used up by it."""
    answer = await north.client.post(
        "/edge/v1/enrol",
        json={"version": 1, "code": "x", "public_key": "A" * (size * 4 // 3 // 4 * 4)},
    )
    assert answer.status_code == 400
