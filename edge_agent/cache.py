"""The rules this edge holds, in one SQLite file: small rules as one row, credentials one by one.

Credentials stay on disk and are looked up by their integer key; 300,000 of them cost no memory.
A change set is applied in one transaction or not at all, after every check; the small rules of
the revision before are kept beside the present ones.
"""

import asyncio
import sqlite3
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import aiosqlite

from access_core.errors import DeviceUnavailable, MalformedMessage, OutOfOrder, StoreDamaged
from access_core.ids import EdgeId, PassId, SiteId
from access_core.model.credential import Credential
from access_core.wire.messages import ChangeSet, Reader, SiteRules, encode

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS rules (
  revision INTEGER PRIMARY KEY,
  issued_ms INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL,
  body BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS credentials (
  pass_key INTEGER PRIMARY KEY,
  body BLOB NOT NULL
);
"""
_KEPT_REVISIONS: Final = 2
_CREDENTIAL: Final = Reader(Credential)
_RULES: Final = Reader(SiteRules)


@dataclass(frozen=True, slots=True)
class StoredRules:
    """The small rules as they stand on disk."""

    revision: int
    issued_ms: int
    expires_ms: int
    rules: SiteRules


class RuleCache:
    """The open rule file of one edge. Readers never wait for a change set being applied."""

    def __init__(
        self,
        reading: aiosqlite.Connection,
        writing: aiosqlite.Connection,
        stored: StoredRules | None,
    ) -> None:
        """Use `open_cache`."""
        self._reading = reading
        self._writing = writing
        self._stored = stored

    @property
    def stored(self) -> StoredRules | None:
        """The rules held; None before the first snapshot."""
        return self._stored

    @property
    def revision(self) -> int:
        """The revision held; 0 before the first snapshot."""
        return 0 if self._stored is None else self._stored.revision

    async def credential(self, pass_id: PassId) -> Credential | None:
        """What the centre has said of a pass; None if nothing. Raises StoreDamaged."""
        try:
            rows = list(
                await self._reading.execute_fetchall(
                    "SELECT body FROM credentials WHERE pass_key = ?", (_key(pass_id),)
                )
            )
            return _CREDENTIAL.read(rows[0][0]) if rows else None
        except (sqlite3.Error, MalformedMessage) as error:
            raise StoreDamaged(f"rules: {error}") from error

    async def credential_count(self) -> int:
        """How many credentials are held."""
        rows = list(await self._reading.execute_fetchall("SELECT count(*) FROM credentials"))
        count: int = rows[0][0]
        return count

    def rules_after(self, change: ChangeSet, site_id: SiteId, edge_id: EdgeId) -> StoredRules:
        """The small rules that hold once `change` is applied; nothing is stored yet.

        Raises OutOfOrder if it is for another site or edge, does not follow what is held, or is
        not newer; MalformedMessage if it is a snapshot without rules.
        """
        if (change.site_id, change.edge_id) != (site_id, edge_id):
            raise OutOfOrder(
                f"change set: for edge {change.edge_id} of site {change.site_id}, "
                f"but this is {edge_id} of {site_id}"
            )
        if change.revision <= self.revision:
            raise OutOfOrder(
                f"change set: revision {change.revision} is not above {self.revision}, held here"
            )
        if change.base not in {0, self.revision}:
            raise OutOfOrder(
                f"change set: follows revision {change.base}, but {self.revision} is held here"
            )
        rules = change.rules
        if rules is None and change.base != 0 and self._stored is not None:
            rules = self._stored.rules
        if rules is None:
            raise MalformedMessage("change set: a snapshot without rules")
        return StoredRules(change.revision, change.issued_ms, change.expires_ms, rules)

    async def store(self, change: ChangeSet, after: StoredRules) -> None:
        """Apply `change` in one transaction; `after` is what `rules_after` said of it.

        On the disk when this returns. Raises StoreDamaged, and then nothing has changed.
        """
        db = self._writing
        try:
            await db.execute("BEGIN IMMEDIATE")
            try:
                await self._write(change, after)
                await db.commit()
            finally:
                if db.in_transaction:
                    await db.rollback()
        except sqlite3.Error as error:
            raise StoreDamaged(f"rules: {error}") from error
        self._stored = after

    async def _write(self, change: ChangeSet, after: StoredRules) -> None:
        db = self._writing
        if change.base == 0:
            await db.execute("DELETE FROM credentials")
        await db.executemany(
            "DELETE FROM credentials WHERE pass_key = ?", ((_key(x),) for x in change.removed)
        )
        # In the order of their keys: random ones would touch every page of the tree in turn.
        credentials = await asyncio.to_thread(
            sorted, change.credentials, key=lambda c: _key(c.pass_id)
        )
        await db.executemany(
            "INSERT OR REPLACE INTO credentials VALUES (?, ?)",
            ((_key(c.pass_id), encode(c)) for c in credentials),
        )
        await db.execute(
            "INSERT INTO rules VALUES (?, ?, ?, ?)",
            (after.revision, after.issued_ms, after.expires_ms, encode(after.rules)),
        )
        await db.execute(
            "DELETE FROM rules WHERE revision NOT IN"
            " (SELECT revision FROM rules ORDER BY revision DESC LIMIT ?)",
            (_KEPT_REVISIONS,),
        )

    async def close(self) -> None:
        """Close the file."""
        await self._reading.close()
        await self._writing.close()


async def open_cache(path: Path) -> RuleCache:
    """The rules in `path`; an empty file is made if there is none.

    Raises StoreDamaged if the file is not what was written, DeviceUnavailable if the disk does
    not let it be opened; nothing is changed then.
    """
    async with AsyncExitStack() as stack:
        try:
            writing = await aiosqlite.connect(path, isolation_level=None)
            stack.push_async_callback(writing.close)
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "temp_store=MEMORY"):
                await writing.execute(f"PRAGMA {pragma}")
            await writing.executescript(_SCHEMA)
            stored = await _newest(writing)
            reading = await aiosqlite.connect(path, isolation_level=None)
        except sqlite3.OperationalError as error:
            # Not the file but the way to it: locked, read-only, full, gone.
            raise DeviceUnavailable(f"{path}: {error}; check the disk") from error
        except (sqlite3.Error, MalformedMessage) as error:
            raise StoreDamaged(f"{path}: {error}") from error
        stack.pop_all()
        return RuleCache(reading, writing, stored)


async def _newest(db: aiosqlite.Connection) -> StoredRules | None:
    rows = list(
        await db.execute_fetchall(
            "SELECT revision, issued_ms, expires_ms, body FROM rules ORDER BY revision DESC LIMIT 1"
        )
    )
    if not rows:
        return None
    revision, issued_ms, expires_ms, body = rows[0]
    return StoredRules(revision, issued_ms, expires_ms, _RULES.read(body))


def _key(pass_id: PassId) -> int:
    """Eight bytes as SQLite's own integer key, the smallest and fastest there is."""
    return int.from_bytes(pass_id[:8], "big", signed=True)
