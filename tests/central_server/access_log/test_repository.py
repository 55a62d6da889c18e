"""SQL of the access log: the indexes serve what is asked."""

import pytest
from sqlalchemy import text

from central_server.kit.centre import Centre


@pytest.mark.parametrize(
    ("condition", "index"),
    [
        ("person = 5", "ix_event_person"),
        ("gate = 5", "ix_event_gate"),
        ("reason = 5", "ix_event_reason"),
        ("id < 5", "PRIMARY KEY"),
    ],
)
async def test_a_page_of_the_log_never_sorts_or_scans(
    centre: Centre, condition: str, index: str
) -> None:
    """Newest first by person, gate, reason or time comes straight out of an index."""
    query = f"SELECT * FROM event WHERE {condition} ORDER BY id DESC LIMIT 50"  # noqa: S608 - our own words
    async with centre.database.reading() as session:
        plan = str((await session.execute(text(f"EXPLAIN QUERY PLAN {query}"))).all())
    assert index in plan
    assert "TEMP B-TREE" not in plan
