"""What may be booked, who decides until when, and which step may follow which. Pure.

Times are whole seconds since 1970 UTC unless a name says local; the site's time zone is handed in.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Final


class Purpose(StrEnum):
    """Why somebody comes; rules hang on it."""

    MEETING = "meeting"
    EVENT = "event"
    FAMILY = "family"
    INTERVIEW = "interview"
    DELIVERY = "delivery"
    WORKS = "works"
    OTHER = "other"


class VisitState(StrEnum):
    """Where a visit stands. LAPSED and OVER are not stored: time alone brings them."""

    WAITING = "waiting"
    APPROVED = "approved"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    """By the visitor."""
    WITHDRAWN = "withdrawn"
    """By the host after approving."""
    LAPSED = "lapsed"
    """Nobody decided in time; silence never approves."""
    OVER = "over"
    """Approved, and its time is past."""


class Act(StrEnum):
    """What a person does to a visit."""

    APPROVE = "approve"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    CANCEL = "cancel"
    UNDO = "undo"
    REROUTE = "reroute"
    """Not my visitor: back to the security desk's list."""
    SHORTEN = "shorten"


class Flaw(StrEnum):
    """What is wrong with one field of a booking."""

    MISSING = "missing"
    TOO_LONG = "too_long"
    NOT_TEXT = "not_text"
    NO_CONTACT = "no_contact"
    BAD_PHONE = "bad_phone"
    BAD_EMAIL = "bad_email"
    BAD_CHOICE = "bad_choice"
    BAD_DAY = "bad_day"
    BAD_TIME = "bad_time"
    BAD_NUMBER = "bad_number"
    BAD_PLATE = "bad_plate"
    DAY_PAST = "day_past"
    DAY_TOO_FAR = "day_too_far"
    WINDOW_PAST = "window_past"
    TOO_SOON = "too_soon"
    TOO_SHORT = "too_short"
    STAY_TOO_LONG = "stay_too_long"
    CLOSED = "closed"
    TOO_MANY = "too_many"
    NO_CONSENT = "no_consent"


@dataclass(frozen=True, slots=True)
class FieldFlaw:
    """One field with the first thing wrong with it; `limit` is what the words need to name."""

    field: str
    flaw: Flaw
    limit: int | str = ""


HOUR_MIN: Final = 60
DAY_MIN: Final = 24 * HOUR_MIN


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingRules:
    """The campus's own choices (`site_rules` makes them). Minutes; hours are those of the day."""

    lead_min: int
    """Between booking and arrival; 0 lets a visitor at the gate book."""
    furthest_days: int
    shortest_stay_min: int
    longest_stay_min: Mapping[Purpose, int]
    open_from_min: int
    open_until_min: int
    """Visitors come and go within these minutes of the day; 0..1440 is around the clock."""
    most_companions: int
    answer_within_min: int
    """A host has at least this long, even for a visit that has begun."""
    undo_within_min: int

    @property
    def is_always_open(self) -> bool:
        """Whether visitors may come and go around the clock."""
        return (self.open_from_min, self.open_until_min) == (0, DAY_MIN)


@dataclass(frozen=True, slots=True)
class Window:
    """From when until when, [starts_s, ends_s)."""

    starts_s: int
    ends_s: int

    @property
    def stay_min(self) -> int:
        """Its length in whole minutes."""
        return (self.ends_s - self.starts_s) // 60


def local_window(day: date, from_: time, until: time, zone: tzinfo) -> Window:
    """The window that a person means by a day and two times of the local clock.

    An end not after the beginning is meant for the next day: a night shift, a late train.
    """
    starts = datetime.combine(day, from_, zone)
    last_day = day if until > from_ else day + timedelta(days=1)
    ends = datetime.combine(last_day, until, zone)
    return Window(int(starts.timestamp()), int(ends.timestamp()))


def check_window(
    window: Window, purpose: Purpose, now_s: int, zone: tzinfo, rules: BookingRules
) -> FieldFlaw | None:
    """The first thing wrong with the day and time of a booking made at `now_s`."""
    starts, today = _local(window.starts_s, zone), _local(now_s, zone).date()
    longest_min = rules.longest_stay_min[purpose]
    ends_soonest_s = now_s + (rules.lead_min + rules.shortest_stay_min) * 60
    if starts.date() < today and window.ends_s <= now_s:
        return FieldFlaw("day", Flaw.DAY_PAST)
    if starts.date() > today + timedelta(days=rules.furthest_days):
        return FieldFlaw("day", Flaw.DAY_TOO_FAR, rules.furthest_days)
    if window.ends_s <= now_s:
        return FieldFlaw("until", Flaw.WINDOW_PAST)
    if window.stay_min < rules.shortest_stay_min:
        return FieldFlaw("until", Flaw.TOO_SHORT, rules.shortest_stay_min)
    if window.stay_min > longest_min:
        return FieldFlaw("until", Flaw.STAY_TOO_LONG, longest_min // HOUR_MIN)
    if window.ends_s < ends_soonest_s:
        return FieldFlaw("until", Flaw.TOO_SOON, rules.lead_min + rules.shortest_stay_min)
    if not _is_open(window, zone, rules):
        return FieldFlaw("from", Flaw.CLOSED, opening_hours(rules))
    return None


def opening_hours(rules: BookingRules) -> str:
    """As people write them: 06:00–23:00."""
    return f"{_clock(rules.open_from_min)}–{_clock(rules.open_until_min)}"


def decide_by(booked_s: int, window: Window, rules: BookingRules) -> int:
    """Until when the host may decide: the start, but never less than the time to answer.

    And never so late that the visit would be too short to be worth it.
    """
    at_least = booked_s + rules.answer_within_min * 60
    at_most = window.ends_s - rules.shortest_stay_min * 60
    return max(booked_s, min(max(window.starts_s, at_least), at_most))


def state_now(state: VisitState, *, decide_by_s: int, ends_s: int, now_s: int) -> VisitState:
    """The state that holds at `now_s`: what was stored, unless time has overtaken it."""
    if state is VisitState.WAITING and now_s >= decide_by_s:
        return VisitState.LAPSED
    if state is VisitState.APPROVED and now_s >= ends_s:
        return VisitState.OVER
    return state


_NEXT: Final = {
    (VisitState.WAITING, Act.APPROVE): VisitState.APPROVED,
    (VisitState.WAITING, Act.DECLINE): VisitState.DECLINED,
    (VisitState.WAITING, Act.CANCEL): VisitState.CANCELLED,
    (VisitState.WAITING, Act.REROUTE): VisitState.WAITING,
    (VisitState.WAITING, Act.SHORTEN): VisitState.WAITING,
    (VisitState.APPROVED, Act.WITHDRAW): VisitState.WITHDRAWN,
    (VisitState.APPROVED, Act.CANCEL): VisitState.CANCELLED,
    (VisitState.APPROVED, Act.SHORTEN): VisitState.APPROVED,
    (VisitState.APPROVED, Act.UNDO): VisitState.WAITING,
    (VisitState.DECLINED, Act.UNDO): VisitState.WAITING,
    (VisitState.WITHDRAWN, Act.APPROVE): VisitState.APPROVED,
}
"""Every step there is, but one: undoing CANCEL leads back to where the visit was before."""


def next_state(state: VisitState, act: Act) -> VisitState | None:
    """Where `act` leads from `state`, or None if it may not be done there."""
    return _NEXT.get((state, act))


def may_undo(changed_s: int, now_s: int, rules: BookingRules) -> bool:
    """Whether the last step is fresh enough to be taken back."""
    return now_s - changed_s <= rules.undo_within_min * 60


def shortened(window: Window, until: time, zone: tzinfo, now_s: int) -> Window | None:
    """The window ending at the local time `until`; None if that does not make it shorter.

    Of the two days an overnight visit has, the first on which `until` fits is meant.
    """
    first_day = _local(window.starts_s, zone).date()
    for day in (first_day, first_day + timedelta(days=1)):
        ends_s = int(datetime.combine(day, until, zone).timestamp())
        if max(window.starts_s, now_s) < ends_s < window.ends_s:
            return Window(window.starts_s, ends_s)
    return None


def _is_open(window: Window, zone: tzinfo, rules: BookingRules) -> bool:
    if rules.is_always_open:
        return True
    starts, ends = _local(window.starts_s, zone), _local(window.ends_s, zone)
    first, last = starts.hour * HOUR_MIN + starts.minute, ends.hour * HOUR_MIN + ends.minute
    if ends.date() > starts.date():
        last += DAY_MIN
    return rules.open_from_min <= first and last <= rules.open_until_min


def _local(at_s: int, zone: tzinfo) -> datetime:
    return datetime.fromtimestamp(at_s, UTC).astimezone(zone)


def _clock(minute: int) -> str:
    return f"{minute // HOUR_MIN:02}:{minute % HOUR_MIN:02}"
