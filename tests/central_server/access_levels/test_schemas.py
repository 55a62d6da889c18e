"""Schedules as they are typed."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from access_core.model.schedule import Period
from central_server.access_levels.schemas import (
    parse_periods,
    parse_special_days,
    render_periods,
)


def test_periods_are_read_as_people_write_them() -> None:
    """Commas of both kinds, blanks, dashes, 24:00."""
    assert parse_periods("08:00-12:00, 14:00 – 18:00") == (Period(480, 720), Period(840, 1080))
    assert parse_periods("0:00-24:00") == (Period(0, 1440),)
    assert parse_periods("08:00-09:00，10:00-11:00")[1] == Period(600, 660)
    assert parse_periods("  ") == ()


@pytest.mark.parametrize(
    "typed", ["8-12", "12:00-08:00", "08:00-08:00", "08:60-09:00", "00:00-24:01", "x" * 50]
)
def test_what_is_no_period_is_refused_in_words(typed: str) -> None:
    """The person who typed it can correct it."""
    with pytest.raises(PydanticCustomError) as caught:
        parse_periods(typed)
    assert typed in str(caught.value.context)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(typed: str) -> None:
    """Whatever is typed, there are periods that render and parse again, or words."""
    try:
        periods = parse_periods(typed)
    except PydanticCustomError:
        return
    assert parse_periods(render_periods(periods)) == periods


def test_special_days_stand_one_a_line() -> None:
    """A day alone is closed; a day with times has its own."""
    assert parse_special_days("2026-10-01\n\n2026-10-02 09:00-12:00") == {
        date(2026, 10, 1): (),
        date(2026, 10, 2): (Period(540, 720),),
    }
    with pytest.raises(PydanticCustomError):
        parse_special_days("1 October")
    with pytest.raises(PydanticCustomError):
        parse_special_days("2026-10-02 nine to five")
    with pytest.raises(PydanticCustomError):
        parse_special_days("2026-10-02\n" * 101)
    with pytest.raises(PydanticCustomError):
        parse_periods(",".join(f"0{n}:00-0{n}:30" for n in range(9)))
