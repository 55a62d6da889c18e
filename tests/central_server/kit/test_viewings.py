"""Looks that go on by themselves."""

import pytest

from central_server.kit import viewings
from central_server.kit.audit import Action, AuditEntry, newest
from central_server.kit.centre import Centre
from central_server.kit.viewings import AGAIN_AFTER_MS, Viewings


def look(at_ms: int, subject: str = "visits:desk", operator_id: int = 1) -> AuditEntry:
    """Somebody has a list before them."""
    return AuditEntry(
        at_ms=at_ms, action=Action.PERSONS_LISTED, subject=subject, operator_id=operator_id
    )


async def recorded(centre: Centre) -> list[tuple[int | None, str, int]]:
    """What the audit has, oldest first."""
    async with centre.database.reading() as session:
        rows = await newest(session, before_id=None, count=100)
    return [(row.operator_id, row.subject, row.at_ms) for row in reversed(rows)]


async def test_a_list_left_open_is_recorded_every_ten_minutes(centre: Centre) -> None:
    """Once for each operator and list; after ten minutes again."""
    made = Viewings()
    for at_ms in (0, 5_000, AGAIN_AFTER_MS - 1, AGAIN_AFTER_MS):
        await made.note(centre.database, look(at_ms))
    await made.note(centre.database, look(6_000, subject="visits:host"))
    await made.note(centre.database, look(6_000, operator_id=2))
    assert await recorded(centre) == [
        (1, "visits:desk", 0),
        (1, "visits:desk", AGAIN_AFTER_MS),
        (1, "visits:host", 6_000),
        (2, "visits:desk", 6_000),
    ]


async def test_what_is_forgotten_is_recorded_anew(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Memory is bounded; the audit then has one entry more, never one less."""
    monkeypatch.setattr(viewings, "MAX_KEPT", 1)
    made = Viewings()
    for subject in ("a", "b", "a"):
        await made.note(centre.database, look(0, subject=subject))
    assert [subject for _, subject, _ in await recorded(centre)] == ["a", "b", "a"]
