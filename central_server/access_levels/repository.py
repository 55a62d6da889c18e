"""Tables of access levels and schedules, and all SQL of them."""

from sqlalchemy import JSON, ForeignKey, String, select
from sqlalchemy.orm import Mapped, mapped_column

from central_server.kit.database import Session, Table


class ScheduleRow(Table):
    """A schedule. Periods are pairs of minutes, [start, end)."""

    __tablename__ = "schedule"

    schedule_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name_zh: Mapped[str] = mapped_column(String(40))
    name_en: Mapped[str] = mapped_column(String(60))
    week: Mapped[list[list[list[int]]]] = mapped_column(JSON)
    special_days: Mapped[dict[str, list[list[int]]]] = mapped_column(JSON)


class AccessLevelRow(Table):
    """An access level: gates under a schedule."""

    __tablename__ = "access_level"

    access_level_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name_zh: Mapped[str] = mapped_column(String(40))
    name_en: Mapped[str] = mapped_column(String(60))
    schedule_id: Mapped[str] = mapped_column(ForeignKey("schedule.schedule_id"))
    is_everywhere: Mapped[bool]
    """At every gate, also those added later; `gates` does not count then."""
    gates: Mapped[list[str]] = mapped_column(JSON)


async def schedules(session: Session) -> list[ScheduleRow]:
    """All schedules, by id."""
    query = select(ScheduleRow).order_by(ScheduleRow.schedule_id)
    return list((await session.scalars(query)).all())


async def schedule(session: Session, schedule_id: str) -> ScheduleRow | None:
    """By id."""
    return await session.get(ScheduleRow, schedule_id)


async def levels(session: Session) -> list[AccessLevelRow]:
    """All access levels, by id."""
    query = select(AccessLevelRow).order_by(AccessLevelRow.access_level_id)
    return list((await session.scalars(query)).all())


async def level(session: Session, access_level_id: str) -> AccessLevelRow | None:
    """By id."""
    return await session.get(AccessLevelRow, access_level_id)


async def add(session: Session, row: ScheduleRow | AccessLevelRow) -> None:
    """Store a new row."""
    session.add(row)
    await session.flush()
