"""What may be booked, and which step may follow which."""

import dataclasses
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central_server.visits.rules import (
    Act,
    BookingRules,
    FieldFlaw,
    Flaw,
    Purpose,
    VisitState,
    Window,
    check_window,
    decide_by,
    local_window,
    may_undo,
    next_state,
    opening_hours,
    shortened,
    state_now,
)
from tests.central_server.visits.samples import RULES

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW_S = int(datetime(2027, 1, 15, 8, 0, tzinfo=UTC).timestamp())
"""16:00 in Shanghai."""
TODAY = date(2027, 1, 15)
DAYTIME = dataclasses.replace(RULES, open_from_min=6 * 60, open_until_min=23 * 60)


def window(from_: str, until: str, day: date = TODAY, zone: ZoneInfo = SHANGHAI) -> Window:
    """The window of one local day."""
    return local_window(day, time.fromisoformat(from_), time.fromisoformat(until), zone)


def flaw_of(
    from_: str,
    until: str,
    day: date = TODAY,
    purpose: Purpose = Purpose.MEETING,
    rules: BookingRules = RULES,
) -> FieldFlaw | None:
    """What stands against such a booking made now."""
    return check_window(window(from_, until, day), purpose, NOW_S, SHANGHAI, rules)


def test_a_visit_that_has_begun_may_be_booked() -> None:
    """At the gate one books from this morning until this evening."""
    assert flaw_of("09:00", "18:00") is None


def test_a_window_over_midnight_ends_on_the_next_day() -> None:
    """An end not after the beginning is meant for the day after."""
    assert window("22:00", "01:30").stay_min == 210
    assert flaw_of("22:00", "01:30") is None


def test_a_window_knows_the_hour_that_summer_time_takes() -> None:
    """On the night the clocks go forward, one to four o'clock lasts two hours."""
    berlin = ZoneInfo("Europe/Berlin")
    assert window("01:00", "04:00", date(2027, 3, 28), berlin).stay_min == 120


@pytest.mark.parametrize(
    ("from_", "until", "day", "field", "flaw"),
    [
        ("09:00", "18:00", date(2027, 1, 14), "day", Flaw.DAY_PAST),
        ("09:00", "18:00", date(2027, 2, 15), "day", Flaw.DAY_TOO_FAR),
        ("09:00", "15:59", TODAY, "until", Flaw.WINDOW_PAST),
        ("17:00", "17:10", TODAY, "until", Flaw.TOO_SHORT),
        ("14:00", "11:00", TODAY, "until", Flaw.STAY_TOO_LONG),
        ("09:00", "16:10", TODAY, "until", Flaw.TOO_SOON),
    ],
)
def test_what_cannot_be_booked(from_: str, until: str, day: date, field: str, flaw: Flaw) -> None:
    """Each limit of day and time is named with the field to change."""
    found = flaw_of(from_, until, day)
    assert found is not None
    assert (found.field, found.flaw) == (field, flaw)


def test_the_last_bookable_day_is_bookable() -> None:
    """Thirty days ahead is still within thirty days."""
    assert flaw_of("09:00", "18:00", date(2027, 2, 14)) is None


def test_the_longest_stay_depends_on_the_purpose() -> None:
    """A delivery may stay four hours, a family visit a day."""
    assert flaw_of("17:00", "22:00", purpose=Purpose.FAMILY) is None
    assert flaw_of("17:00", "22:00", purpose=Purpose.DELIVERY) == FieldFlaw(
        "until", Flaw.STAY_TOO_LONG, 4
    )


def test_opening_hours_bound_both_ends() -> None:
    """Where visitors may come from six to eleven, neither end may lie outside."""
    assert flaw_of("17:00", "23:00", rules=DAYTIME) is None
    assert flaw_of("17:00", "23:15", rules=DAYTIME) == FieldFlaw("from", Flaw.CLOSED, "06:00–23:00")
    assert flaw_of("22:00", "00:30", rules=DAYTIME) is not None
    assert flaw_of("05:45", "17:00", rules=DAYTIME) is not None
    assert opening_hours(RULES) == "00:00–24:00"


def test_lead_time_counts_from_now() -> None:
    """With two hours of lead, a visit must still be worth it after them."""
    rules = dataclasses.replace(RULES, lead_min=120)
    assert flaw_of("16:00", "18:10", rules=rules) == FieldFlaw("until", Flaw.TOO_SOON, 135)
    assert flaw_of("16:00", "18:15", rules=rules) is None


def test_a_host_has_time_to_answer() -> None:
    """Until the start, at least an hour, and never too late to be of use."""
    assert decide_by(NOW_S, window("18:00", "20:00"), RULES) == window("18:00", "20:00").starts_s
    assert decide_by(NOW_S, window("09:00", "20:00"), RULES) == NOW_S + 3600
    short = window("16:00", "16:40")
    assert decide_by(NOW_S, short, RULES) == short.ends_s - 15 * 60


@given(
    st.integers(0, 2**31),
    st.integers(-86_400, 30 * 86_400),
    st.integers(16 * 60, 86_400),
)
def test_the_last_moment_to_answer_lies_between_booking_and_end(
    booked_s: int, starts_in_s: int, stay_s: int
) -> None:
    """Whatever is booked, there is a moment to answer, not before now and not after the end."""
    starts_s = booked_s + starts_in_s
    ends_s = max(starts_s + stay_s, booked_s + 15 * 60)
    assert booked_s <= decide_by(booked_s, Window(starts_s, ends_s), RULES) < ends_s


def test_silence_lapses_and_never_approves() -> None:
    """A visit that nobody decided lapses; an approved one is over at its end."""
    state = {"decide_by_s": NOW_S, "ends_s": NOW_S + 60}
    assert state_now(VisitState.WAITING, **state, now_s=NOW_S - 1) is VisitState.WAITING
    assert state_now(VisitState.WAITING, **state, now_s=NOW_S) is VisitState.LAPSED
    assert state_now(VisitState.APPROVED, **state, now_s=NOW_S + 59) is VisitState.APPROVED
    assert state_now(VisitState.APPROVED, **state, now_s=NOW_S + 60) is VisitState.OVER
    assert state_now(VisitState.DECLINED, **state, now_s=NOW_S + 99) is VisitState.DECLINED


def test_nothing_can_be_done_to_a_visit_that_is_over() -> None:
    """LAPSED and OVER have no way out, and only approving leads to APPROVED."""
    for act in Act:
        assert next_state(VisitState.LAPSED, act) is None
        assert next_state(VisitState.OVER, act) is None
    ways = {
        (state, act)
        for state in VisitState
        for act in Act
        if next_state(state, act) is VisitState.APPROVED and state is not VisitState.APPROVED
    }
    assert ways == {(VisitState.WAITING, Act.APPROVE), (VisitState.WITHDRAWN, Act.APPROVE)}


def test_a_step_can_be_undone_for_ten_minutes() -> None:
    """Ten minutes, the last second included."""
    assert may_undo(NOW_S, NOW_S + 600, RULES)
    assert not may_undo(NOW_S, NOW_S + 601, RULES)


def test_shortening_takes_the_day_that_fits() -> None:
    """Of an overnight visit, 23:00 means the first day and 00:30 the second."""
    night = window("22:00", "02:00")
    begun_s = night.starts_s + 60
    assert shortened(night, time(23, 0), SHANGHAI, begun_s) == Window(
        night.starts_s, night.starts_s + 3600
    )
    later = shortened(night, time(0, 30), SHANGHAI, begun_s)
    assert later is not None
    assert later.stay_min == 150


def test_shortening_never_lengthens_or_reaches_into_the_past() -> None:
    """The present end, a later one and a time already past are refused."""
    day = window("09:00", "18:00")
    assert shortened(day, time(18, 0), SHANGHAI, NOW_S) is None
    assert shortened(day, time(19, 0), SHANGHAI, NOW_S) is None
    assert shortened(day, time(15, 59), SHANGHAI, NOW_S) is None
    assert shortened(day, time(16, 1), SHANGHAI, NOW_S) is not None
