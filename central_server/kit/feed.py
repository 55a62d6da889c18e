"""The feed of changes that edges follow.

Whoever changes something that a gate must know appends to the feed in the same transaction; a
row's number is the revision that contains the change. `edge_sync` makes signed change sets of it.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from sqlalchemy import BigInteger, Integer, String, func, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from central_server.kit.database import Session, Table, signal_after_commit

FEED_TOPIC: Final = "feed"
"""The signal sent once a change is durable: long polls answer within milliseconds."""


class ChangeKind(StrEnum):
    """What has changed for edges."""

    CREDENTIAL = "credential"
    """One credential; the key is its pass id in hex."""
    RULES = "rules"
    """Names, schedules, keys, policies: the small rules, whole."""
    HOLDER = "holder"
    """Every credential of a holder; the key is the holder id."""
    LEVELS = "levels"
    """Which credentials an edge needs may have changed: a snapshot for everyone."""


class FeedRow(Table):
    """One change."""

    __tablename__ = "feed"
    # Without AUTOINCREMENT SQLite may give a number again after a delete.
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - SQLAlchemy's own way

    revision: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True
    )
    kind: Mapped[str] = mapped_column(String(12))
    key: Mapped[str] = mapped_column(String(64))


async def note_change(session: Session, kind: ChangeKind, key: str = "") -> None:
    """Every edge concerned hears of it once this transaction is committed."""
    await session.execute(insert(FeedRow).values(kind=kind.value, key=key))
    signal_after_commit(session, FEED_TOPIC)


async def note_changes(session: Session, kind: ChangeKind, keys: Sequence[str]) -> None:
    """The same for many keys at once; nothing for none."""
    if keys:
        rows = [{"kind": kind.value, "key": key} for key in keys]
        await session.execute(insert(FeedRow), rows)
        signal_after_commit(session, FEED_TOPIC)


async def head_revision(session: Session) -> int:
    """The newest revision; 0 before the first change."""
    return (await session.scalar(select(func.max(FeedRow.revision)))) or 0


async def changes_between(session: Session, after: int, until: int) -> list[tuple[ChangeKind, str]]:
    """What changed above revision `after` up to `until`, in order."""
    query = (
        select(FeedRow.kind, FeedRow.key)
        .where(FeedRow.revision > after, FeedRow.revision <= until)
        .order_by(FeedRow.revision)
    )
    return [(ChangeKind(kind), key) for kind, key in await session.execute(query)]


async def skip_to(session: Session, revision: int) -> None:
    """Let `revision` be the newest, as a snapshot for everyone; it must be above the head."""
    values = {"revision": revision, "kind": ChangeKind.LEVELS.value, "key": ""}
    await session.execute(insert(FeedRow).values(**values))
    signal_after_commit(session, FEED_TOPIC)
