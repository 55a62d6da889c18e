"""A host without a browser."""

from datetime import UTC, datetime, timedelta, timezone

from simulators.plain_host import next_minute


def test_a_visit_ends_at_a_full_minute_that_can_still_be_typed() -> None:
    """The next one, or the one after if that is too near; whatever the zone."""
    early = datetime(2027, 3, 9, 10, 20, 30, tzinfo=UTC)
    late = datetime(2027, 3, 9, 10, 20, 58, tzinfo=UTC)
    assert next_minute(early) == datetime(2027, 3, 9, 10, 21, tzinfo=UTC)
    assert next_minute(late) == datetime(2027, 3, 9, 10, 22, tzinfo=UTC)
    shanghai = early.astimezone(timezone(timedelta(hours=8)))
    assert next_minute(shanghai) == next_minute(early)
