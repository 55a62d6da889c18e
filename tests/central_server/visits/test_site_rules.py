"""From the campus's settings to the rules of visits."""

from central_server.config import VisitSettings, parse_settings
from central_server.visits.rules import Purpose
from central_server.visits.site_rules import site_rules


def test_every_setting_reaches_the_rules() -> None:
    """What the campus has written holds, in minutes; what it has not keeps its default."""
    raw: dict[str, object] = {
        "visits": {
            "lead_min": 30,
            "furthest_days": 7,
            "shortest_stay_min": 20,
            "longest_stay_h": {"delivery": 2},
            "open_from": "06:30",
            "open_until": "22:00",
            "most_companions": 9,
            "answer_within_min": 45,
            "undo_within_min": 5,
        }
    }
    rules = site_rules(parse_settings(raw, "central.toml").visits)
    assert (rules.lead_min, rules.furthest_days, rules.shortest_stay_min) == (30, 7, 20)
    assert (rules.longest_stay_min[Purpose.DELIVERY], rules.longest_stay_min[Purpose.EVENT]) == (
        120,
        960,
    )
    assert (rules.open_from_min, rules.open_until_min) == (390, 1320)
    assert not rules.is_always_open
    assert (rules.most_companions, rules.answer_within_min, rules.undo_within_min) == (9, 45, 5)


def test_a_campus_that_writes_nothing_is_open_around_the_clock() -> None:
    """Thirty days ahead, four companions, at any hour, and a longest stay for each purpose."""
    rules = site_rules(VisitSettings())
    assert rules.is_always_open
    assert (rules.furthest_days, rules.most_companions) == (30, 4)
    assert set(rules.longest_stay_min) == set(Purpose)
