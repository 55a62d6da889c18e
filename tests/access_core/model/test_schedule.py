"""Schedules with special days."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access_core.errors import ProgramError
from access_core.ids import ScheduleId
from access_core.model.schedule import ALL_DAY, MINUTES_PER_DAY, Period, Schedule, always
from access_core.wire.messages import Reader, encode
from tests.strategies import schedules

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
HOURS = Period(8 * 60, 18 * 60)
HOLIDAY = date(2026, 10, 1)
OFFICE = Schedule(
    schedule_id=ScheduleId("office"),
    name_zh="工作时间",
    name_en="Office hours",
    week=((HOURS,), (HOURS,), (HOURS,), (HOURS,), (HOURS, Period(20 * 60, 1440)), (), ()),
    special_days={HOLIDAY: (), date(2026, 10, 10): (HOURS,)},
)


def local(day: date, clock: str) -> datetime:
    """That time of that day on campus."""
    return datetime.combine(day, time.fromisoformat(clock), SHANGHAI)


@pytest.mark.parametrize(
    ("day", "clock", "is_in"),
    [
        (date(2026, 11, 23), "07:59:59", False),
        (date(2026, 11, 23), "08:00", True),
        (date(2026, 11, 23), "17:59:59.999", True),
        (date(2026, 11, 23), "18:00", False),
        (date(2026, 11, 27), "23:59:59", True),
        (date(2026, 11, 28), "12:00", False),
        (HOLIDAY, "12:00", False),
        (date(2026, 10, 10), "12:00", True),
    ],
    ids=str,
)
def test_periods_and_special_days(day: date, clock: str, is_in: bool) -> None:
    """First minute in, last out; 24:00 ends the day; a special day replaces its weekday."""
    assert OFFICE.contains(local(day, clock)) is is_in


@given(schedules, st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)))  # noqa: DTZ001 - zone follows
def test_a_schedule_agrees_with_its_minutes(schedule: Schedule, moment: datetime) -> None:
    """A moment is in a schedule exactly if its minute is in one of the day's periods."""
    aware = moment.replace(tzinfo=SHANGHAI)
    periods = schedule.special_days.get(aware.date(), schedule.week[aware.weekday()])
    minutes = {m for p in periods for m in range(p.start_min, p.end_min)}
    assert schedule.contains(aware) == (aware.hour * 60 + aware.minute in minutes)


@given(schedules)
def test_a_schedule_survives_the_wire(schedule: Schedule) -> None:
    """Weeks and special days come back."""
    assert Reader(Schedule).read(encode(schedule)) == schedule


def test_always_contains_every_minute_of_a_week() -> None:
    """No gap at midnight."""
    schedule = always(ScheduleId("always"))
    start = local(date(2026, 11, 23), "00:00")
    assert all(schedule.contains(start + timedelta(minutes=m)) for m in range(7 * 1440))


@pytest.mark.parametrize("clock", ["01:30", "02:30", "03:30"])
def test_the_hour_that_a_clock_change_repeats_or_skips(clock: str) -> None:
    """People read the wall: what counts is what their clock shows, both times it shows it."""
    night = Schedule(
        schedule_id=ScheduleId("night"),
        name_zh="夜间",
        name_en="Night",
        week=((Period(60, 240),),) * 7,
    )
    for day in (date(2026, 3, 29), date(2026, 10, 25)):
        for fold in (0, 1):
            moment = datetime.combine(day, time.fromisoformat(clock), BERLIN).replace(fold=fold)
            assert night.contains(moment)


def test_a_local_time_without_a_zone_is_a_bug() -> None:
    """Nobody can tell whose clock it was."""
    with pytest.raises(ProgramError, match="aware"):
        OFFICE.contains(datetime(2026, 11, 23, 12))  # noqa: DTZ001 - the point of the test


@pytest.mark.parametrize(
    "ends", [(0, 0), (5, 5), (6, 5), (-1, 5), (0, MINUTES_PER_DAY + 1)], ids=str
)
def test_a_period_lies_within_one_day(ends: tuple[int, int]) -> None:
    """Empty, backward or beyond midnight is refused."""
    with pytest.raises(ProgramError, match="not within one day"):
        Period(*ends)


def test_a_week_has_seven_days() -> None:
    """Six or eight are refused, by name of the schedule."""
    with pytest.raises(ProgramError, match=r"office.*7 days, not 6"):
        Schedule(schedule_id=ScheduleId("office"), name_zh="", name_en="", week=((ALL_DAY,),) * 6)
