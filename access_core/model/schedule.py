"""When: weekly periods, with special days that replace the weekday's."""

from datetime import date, datetime

import msgspec

from access_core.errors import ProgramError
from access_core.ids import ScheduleId

MINUTES_PER_DAY = 24 * 60
DAYS_PER_WEEK = 7


class Period(msgspec.Struct, frozen=True, array_like=True):
    """Minutes of one local day, [start_min, end_min); 24:00 is 1440."""

    start_min: int
    end_min: int

    def __post_init__(self) -> None:
        """Refuse a period that is empty or leaves the day."""
        if not 0 <= self.start_min < self.end_min <= MINUTES_PER_DAY:
            msg = f"period {self.start_min}..{self.end_min} is not within one day"
            raise ProgramError(msg)


ALL_DAY = Period(0, MINUTES_PER_DAY)


class Schedule(msgspec.Struct, frozen=True, kw_only=True):
    """Weekly periods in local time, Monday first; `special_days` replace whole days.

    A period past midnight is written as two: one to 24:00, one from 0:00 of the next day.
    """

    schedule_id: ScheduleId
    name_zh: str
    name_en: str
    week: tuple[tuple[Period, ...], ...]
    special_days: dict[date, tuple[Period, ...]] = {}

    def __post_init__(self) -> None:
        """Refuse a week that has not seven days."""
        if len(self.week) != DAYS_PER_WEEK:
            msg = f"schedule {self.schedule_id}: a week has 7 days, not {len(self.week)}"
            raise ProgramError(msg)

    def contains(self, local: datetime) -> bool:
        """Whether the site's local time `local` lies in a period; `local` must be aware."""
        if local.tzinfo is None:
            msg = "a schedule is asked with an aware local time"
            raise ProgramError(msg)
        periods = self.special_days.get(local.date(), self.week[local.weekday()])
        minute = local.hour * 60 + local.minute
        return any(p.start_min <= minute < p.end_min for p in periods)


def always(schedule_id: ScheduleId) -> Schedule:
    """A schedule that contains every moment."""
    return Schedule(
        schedule_id=schedule_id,
        name_zh="全天",
        name_en="Always",
        week=((ALL_DAY,),) * DAYS_PER_WEEK,
    )
