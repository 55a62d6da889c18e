"""The open files of an edge."""

from pathlib import Path

import msgspec
import pytest

from access_core.errors import DeviceUnavailable, StoreDamaged
from device_drivers.system_clock import SystemClock
from edge_agent.cache import StoredRules, open_cache
from edge_agent.journal import open_journal
from edge_agent.stores import facts_of, open_existing, open_stores
from tests.builders import a_rule_set


async def test_both_files_are_made(tmp_path: Path) -> None:
    """A new edge has an empty journal, no rules and no losses."""
    async with open_stores(tmp_path / "state", SystemClock()) as stores:
        assert stores.journal.head.seq == 0
        assert stores.cache.revision == 0
        assert stores.losses == ()


async def test_a_damaged_file_is_kept_and_begun_anew(tmp_path: Path) -> None:
    """The gate goes on; what was lost is said, and the old bytes are still there."""
    (tmp_path / "journal.db").write_bytes(b"damaged" * 1000)
    (tmp_path / "rules.db").write_bytes(b"damaged" * 1000)
    async with open_stores(tmp_path, SystemClock()) as stores:
        assert stores.journal.head.seq == 0
        assert len(stores.losses) == 2
        assert "kept as journal.db.damaged-" in stores.losses[0]
    kept = sorted(tmp_path.glob("*.damaged-*"))  # noqa: ASYNC240 - nothing else runs
    assert [path.read_bytes()[:7] for path in kept] == [b"damaged", b"damaged"]


async def test_one_folder_serves_one_agent(tmp_path: Path) -> None:
    """A second agent on the same folder is refused and touches nothing; after the end it may."""
    async with open_stores(tmp_path, SystemClock()):
        with pytest.raises(DeviceUnavailable, match="another edge agent"):
            async with open_stores(tmp_path, SystemClock()):
                pass
    async with open_stores(tmp_path, SystemClock()) as stores:
        assert stores.losses == ()


async def test_a_folder_that_cannot_be_used_is_said(tmp_path: Path) -> None:
    """A file in its place, or a database that cannot be opened, is no damage: nothing is moved."""
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(DeviceUnavailable, match="check that it is mounted"):
        async with open_stores(tmp_path / "file", SystemClock()):
            pass
    for name in ("journal.db", "rules.db"):
        folder = tmp_path / name.split(".")[0]
        (folder / name).mkdir(parents=True)
        with pytest.raises(DeviceUnavailable, match="check the disk"):
            async with open_stores(folder, SystemClock()):
                pass
        assert (folder / name).is_dir()


async def test_looking_makes_and_moves_nothing(tmp_path: Path) -> None:
    """A technician's command opens only what is there, and leaves a damaged file where it is."""
    with pytest.raises(FileNotFoundError, match="has `edge-agent run` been started"):
        async with open_existing(open_journal, tmp_path / "journal.db"):
            pass
    assert not (tmp_path / "journal.db").exists()
    (tmp_path / "rules.db").write_bytes(b"damaged" * 1000)
    with pytest.raises(StoreDamaged):
        async with open_existing(open_cache, tmp_path / "rules.db"):
            pass
    assert (tmp_path / "rules.db").exists()


def test_rules_that_do_not_fit_this_program_are_no_rules() -> None:
    """A newer program may ask for more than an older one stored; it waits for the centre."""
    assert facts_of(None) is None
    rules = a_rule_set()
    found = facts_of(StoredRules(7, 1, 2, rules))
    assert found is not None
    assert (found.revision, found.issued_ms, found.expires_ms) == (7, 1, 2)
    broken = msgspec.structs.replace(rules, time_zone="Nowhere")
    assert facts_of(StoredRules(7, 1, 2, broken)) is None
