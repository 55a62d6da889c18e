"""Forms and views of access levels and schedules."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final

from pydantic import Field

from access_core.ids import AccessLevelId, GateId, ScheduleId
from access_core.model.schedule import DAYS_PER_WEEK, MINUTES_PER_DAY, Period, Schedule
from central_server.kit.forms import FormModel, refuse

VISITORS: Final = AccessLevelId("visitors")
"""What a visitor's pass is given; every database begins with it."""
MEMBERS: Final = AccessLevelId("members")
ALWAYS: Final = ScheduleId("always")

Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", min_length=2, max_length=32)]
_SPAN: Final = re.compile(r"(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})")
_MAX_PERIODS: Final = 8
_MAX_SPECIAL_DAYS: Final = 100


class LevelForm(FormModel):
    """An access level: these gates under this schedule."""

    name_zh: str = Field(min_length=1, max_length=40)
    name_en: str = Field(min_length=1, max_length=60)
    schedule_id: str = Field(max_length=40)
    is_everywhere: bool = False
    gates: tuple[str, ...] = ()


class NewLevelForm(LevelForm):
    """An access level is added."""

    access_level_id: Slug


class ScheduleForm(FormModel):
    """A schedule as it is typed: `08:00-12:00, 14:00-18:00` for each weekday."""

    name_zh: str = Field(min_length=1, max_length=40)
    name_en: str = Field(min_length=1, max_length=60)
    day_0: str = Field(default="", max_length=200)
    day_1: str = Field(default="", max_length=200)
    day_2: str = Field(default="", max_length=200)
    day_3: str = Field(default="", max_length=200)
    day_4: str = Field(default="", max_length=200)
    day_5: str = Field(default="", max_length=200)
    day_6: str = Field(default="", max_length=200)
    special_days: str = Field(default="", max_length=2000)


class NewScheduleForm(ScheduleForm):
    """A schedule is added."""

    schedule_id: Slug


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelView:
    """An access level."""

    access_level_id: AccessLevelId
    name_zh: str
    name_en: str
    schedule_id: ScheduleId
    is_everywhere: bool
    gates: tuple[GateId, ...]


def parse_periods(typed: str) -> tuple[Period, ...]:
    """Periods from `08:00-12:00, 14:00-18:00`; empty is closed all day.

    What `refuse` makes is raised for anything else: the person who typed it can correct it.
    """
    parts = [part.strip() for part in re.split(r"[,，;；]", typed) if part.strip()]
    if len(parts) > _MAX_PERIODS:
        raise refuse("At most %(count)s periods a day.", count=_MAX_PERIODS)
    return tuple(_parse_period(part) for part in parts)


def parse_special_days(typed: str) -> dict[date, tuple[Period, ...]]:
    """Special days, one a line: `2026-10-01` (closed) or `2026-10-02 09:00-12:00`."""
    lines = [line.strip() for line in typed.splitlines() if line.strip()]
    if len(lines) > _MAX_SPECIAL_DAYS:
        raise refuse("At most %(count)s special days.", count=_MAX_SPECIAL_DAYS)
    days: dict[date, tuple[Period, ...]] = {}
    for line in lines:
        day, _, periods = line.partition(" ")
        try:
            parsed = date.fromisoformat(day)
        except ValueError as error:
            raise refuse("%(day)s is not a day; write 2026-10-01.", day=day) from error
        days[parsed] = parse_periods(periods)
    return days


def render_periods(periods: tuple[Period, ...]) -> str:
    """The reverse of `parse_periods`."""
    return ", ".join(f"{_clock(p.start_min)}-{_clock(p.end_min)}" for p in periods)


def typed_schedule(schedule: Schedule) -> dict[str, str]:
    """A schedule as it would be typed into the form."""
    special = "\n".join(
        f"{day.isoformat()} {render_periods(periods)}".strip()
        for day, periods in sorted(schedule.special_days.items())
    )
    days = {f"day_{i}": render_periods(schedule.week[i]) for i in range(DAYS_PER_WEEK)}
    names = {"name_zh": schedule.name_zh, "name_en": schedule.name_en}
    return {**names, **days, "special_days": special}


def _parse_period(part: str) -> Period:
    found = _SPAN.fullmatch(part)
    if found is None:
        raise refuse("Write times like 08:00-12:00; %(part)s is none.", part=part)
    start_h, start_m, end_h, end_m = (int(group) for group in found.groups())
    start, end = start_h * 60 + start_m, end_h * 60 + end_m
    if start_m > 59 or end_m > 59 or not 0 <= start < end <= MINUTES_PER_DAY:  # noqa: PLR2004 - minutes
        raise refuse(
            "%(part)s does not lie within one day. Split a night in two: -24:00 and 00:00-.",
            part=part,
        )
    return Period(start, end)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
