"""The table of holders and all SQL of it."""

from collections.abc import Iterable

from sqlalchemy import JSON, BigInteger, String, select
from sqlalchemy.orm import Mapped, mapped_column

from access_core.model.holder import HolderKind
from central_server.kit.database import Session, Table


class HolderRow(Table):
    """One person. The number stands for them in events; edges know `h` and the number."""

    __tablename__ = "holder"

    number: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    full_name: Mapped[str] = mapped_column(String(60), index=True)
    department: Mapped[str] = mapped_column(String(80), default="")
    is_blocked: Mapped[bool] = mapped_column(default=False, index=True)
    block_reason: Mapped[str] = mapped_column(String(200), default="")
    access_levels: Mapped[list[str]] = mapped_column(JSON)
    """What every card of theirs may do; passes carry levels of their own."""
    created_ms: Mapped[int] = mapped_column(BigInteger)


async def add(session: Session, row: HolderRow) -> HolderRow:
    """Store a new person."""
    session.add(row)
    await session.flush()
    return row


async def get(session: Session, number: int) -> HolderRow | None:
    """By number."""
    return await session.get(HolderRow, number)


async def search(
    session: Session, *, name_begins: str, kind: HolderKind | None, after: int, count: int
) -> list[HolderRow]:
    """People whose name begins so, by number above `after`."""
    query = select(HolderRow).where(HolderRow.number > after)
    if name_begins:
        query = query.where(HolderRow.full_name.startswith(name_begins, autoescape=True))
    if kind is not None:
        query = query.where(HolderRow.kind == kind)
    return list((await session.scalars(query.order_by(HolderRow.number).limit(count))).all())


async def names(session: Session, numbers: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Number -> (full name, kind)."""
    query = select(HolderRow.number, HolderRow.full_name, HolderRow.kind)
    rows = await session.execute(query.where(HolderRow.number.in_(sorted(numbers))))
    return {number: (full_name, kind) for number, full_name, kind in rows}


async def levels(session: Session, numbers: Iterable[int] | None) -> dict[int, tuple[str, ...]]:
    """Number -> access levels, of these people; of everybody for None."""
    query = select(HolderRow.number, HolderRow.access_levels)
    if numbers is not None:
        query = query.where(HolderRow.number.in_(sorted(numbers)))
    rows = await session.execute(query)
    return {number: tuple(access_levels) for number, access_levels in rows}


async def numbers_named(session: Session, name_begins: str, limit: int) -> list[int]:
    """The numbers of people whose name begins so."""
    query = select(HolderRow.number).where(
        HolderRow.full_name.startswith(name_begins, autoescape=True)
    )
    return list((await session.scalars(query.limit(limit))).all())


async def blocked_numbers(session: Session) -> list[int]:
    """Everyone on the block list."""
    return list((await session.scalars(select(HolderRow.number).where(HolderRow.is_blocked))).all())
