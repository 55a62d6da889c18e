"""The campus's own choices about visits, from its settings to the rules."""

from central_server.config import VisitSettings
from central_server.visits.rules import HOUR_MIN, BookingRules, Purpose


def site_rules(settings: VisitSettings) -> BookingRules:
    """The rules that hold under these settings."""
    longest_h = settings.longest_stay_h.model_dump()
    return BookingRules(
        lead_min=settings.lead_min,
        furthest_days=settings.furthest_days,
        shortest_stay_min=settings.shortest_stay_min,
        longest_stay_min={purpose: longest_h[purpose] * HOUR_MIN for purpose in Purpose},
        open_from_min=_minute(settings.open_from),
        open_until_min=_minute(settings.open_until),
        most_companions=settings.most_companions,
        answer_within_min=settings.answer_within_min,
        undo_within_min=settings.undo_within_min,
    )


def _minute(clock_time: str) -> int:
    hours, minutes = clock_time.split(":")
    return int(hours) * HOUR_MIN + int(minutes)
