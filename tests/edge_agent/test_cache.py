"""The rules on disk: one change set, one transaction."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from access_core.errors import MalformedMessage, OutOfOrder, StoreDamaged
from access_core.ids import EdgeId, PassId
from access_core.wire.messages import ChangeSet
from edge_agent.cache import RuleCache, open_cache
from tests.builders import EDGE, SITE, a_change_set, a_rule_set
from tests.facts import VISITOR, a_credential
from tests.issuer import issue_visitor

PASS = VISITOR.claims.pass_id
OTHER = issue_visitor(5)


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[RuleCache]:
    """The rule file of `folder`."""
    cache = await open_cache(folder / "rules.db")
    try:
        yield cache
    finally:
        await cache.close()


async def stored(cache: RuleCache, change: ChangeSet) -> None:
    """Check and store, as the downlink does."""
    await cache.store(change, cache.rules_after(change, SITE, EDGE))


async def test_an_empty_file_holds_revision_0(tmp_path: Path) -> None:
    """Nothing held, nobody known."""
    async with opened(tmp_path) as cache:
        assert (cache.revision, cache.stored) == (0, None)
        assert await cache.credential(PASS) is None


async def test_what_is_stored_is_there_after_opening_again(tmp_path: Path) -> None:
    """Rules, revision, expiry and credentials survive; the revision before is kept beside."""
    async with opened(tmp_path) as cache:
        await stored(cache, a_change_set())
        delta = a_change_set(
            base=7, revision=8, rules=None, credentials=(a_credential(OTHER.claims),)
        )
        await stored(cache, delta)
    async with opened(tmp_path) as cache:
        assert cache.revision == 8
        assert cache.stored is not None
        assert cache.stored.rules == a_rule_set()
        assert await cache.credential(PASS) == a_credential()
        assert await cache.credential(OTHER.claims.pass_id) == a_credential(OTHER.claims)
        assert await cache.credential_count() == 2
    db = sqlite3.connect(tmp_path / "rules.db")
    assert [r for (r,) in db.execute("SELECT revision FROM rules ORDER BY 1")] == [7, 8]
    db.close()


async def test_a_delta_removes_and_replaces(tmp_path: Path) -> None:
    """Removed passes are gone, changed ones are as told last."""
    async with opened(tmp_path) as cache:
        await stored(cache, a_change_set(credentials=(a_credential(), a_credential(OTHER.claims))))
        blocked = a_credential(OTHER.claims, is_holder_blocked=True)
        delta = a_change_set(
            base=7, revision=8, rules=None, credentials=(blocked,), removed=(PASS,)
        )
        await stored(cache, delta)
        assert await cache.credential(PASS) is None
        assert await cache.credential(OTHER.claims.pass_id) == blocked


async def test_a_snapshot_replaces_everything(tmp_path: Path) -> None:
    """Who is not in the new whole is not known any more."""
    async with opened(tmp_path) as cache:
        await stored(cache, a_change_set())
        await stored(cache, a_change_set(revision=9, credentials=(a_credential(OTHER.claims),)))
        assert await cache.credential(PASS) is None
        assert await cache.credential_count() == 1
        await stored(cache, a_change_set(revision=10, credentials=()))
        await stored(cache, a_change_set(revision=11, credentials=()))
        assert cache.revision == 11


async def test_what_does_not_follow_is_refused(tmp_path: Path) -> None:
    """Another edge, an older revision, another base, a snapshot without rules."""
    async with opened(tmp_path) as cache:
        await stored(cache, a_change_set())
        for change in (
            a_change_set(revision=8, edge_id=EdgeId("x")),
            a_change_set(revision=7),
            a_change_set(base=3, revision=8),
        ):
            with pytest.raises(OutOfOrder):
                cache.rules_after(change, SITE, EDGE)
        with pytest.raises(MalformedMessage):
            cache.rules_after(a_change_set(revision=8, rules=None), SITE, EDGE)
        assert cache.revision == 7


async def test_a_store_that_fails_changes_nothing(tmp_path: Path) -> None:
    """Half a change set is never there."""
    async with opened(tmp_path) as cache:
        await stored(cache, a_change_set())
        change = a_change_set(revision=8, credentials=())
        after = cache.rules_after(change, SITE, EDGE)
        await cache._writing.execute("ALTER TABLE rules RENAME TO lost")
        with pytest.raises(StoreDamaged):
            await cache.store(change, after)
        await cache._writing.execute("ALTER TABLE lost RENAME TO rules")
        assert cache.revision == 7
        assert await cache.credential(PASS) is not None
        await cache.store(change, after)
        assert cache.revision == 8


async def test_a_damaged_file_is_said(tmp_path: Path) -> None:
    """A row that cannot be read is StoreDamaged, not an unknown pass."""
    async with opened(tmp_path) as cache:
        await stored(cache, a_change_set())
        await cache._writing.execute("UPDATE credentials SET body = '{'")
        with pytest.raises(StoreDamaged):
            await cache.credential(PASS)
        await cache._writing.execute("UPDATE rules SET body = '{'")
    with pytest.raises(StoreDamaged):
        await open_cache(tmp_path / "rules.db")
    (tmp_path / "other.db").write_bytes(b"no database" * 100)
    with pytest.raises(StoreDamaged):
        await open_cache(tmp_path / "other.db")


async def test_every_pass_id_has_a_key_of_its_own(tmp_path: Path) -> None:
    """All eight bytes count, the highest bit too."""
    ids = [bytes(8), b"\x80" + bytes(7), b"\xff" * 8, bytes(7) + b"\x01"]
    made = tuple(a_credential(pass_id=PassId(i)) for i in ids)
    async with opened(tmp_path) as cache:
        await stored(cache, a_change_set(credentials=made))
        assert await cache.credential_count() == 4
        for credential in made:
            assert await cache.credential(credential.pass_id) == credential
