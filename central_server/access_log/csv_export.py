"""Events as CSV that a spreadsheet opens without running anything in it."""

import csv
import io
from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Final

from central_server.access_log.schemas import EventView
from central_server.access_log.texts import DIRECTION_TEXTS, KIND_TEXTS, reason_words
from central_server.kit.i18n import Text, text
from central_server.kit.pages import Frame

HEADINGS: Final = (
    text("Number"),
    text("Time"),
    text("Gate"),
    text("Direction"),
    text("What happened"),
    text("Event code"),
    text("Reason"),
    text("Reason code"),
    text("Person number"),
    text("Person"),
    text("Offline"),
    text("Arrived"),
)
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")
_BOM: Final = "\ufeff"
"""Without it the usual spreadsheet takes Chinese for another encoding."""


def guarded(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula (OWASP, CSV injection)."""
    return f"'{cell}" if cell.startswith(_FORMULA_STARTS) else cell


async def csv_lines(
    frame: Frame, pages: AsyncIterator[Sequence[tuple[EventView, str]]]
) -> AsyncIterator[str]:
    """Headings, then a line an event; text is sent page by page."""
    yield _BOM + _csv([[frame.words.say(heading) for heading in HEADINGS]])
    async for page in pages:
        yield _csv(_cells(frame, view, person) for view, person in page)


def _cells(frame: Frame, view: EventView, person: str) -> list[str]:
    say, is_chinese = frame.words.say, frame.language == "zh"
    offline: Text = text("yes") if view.is_offline else text("no")
    return [
        str(view.event_id),
        frame.moment(view.wall_ms),
        view.gate_zh if is_chinese else view.gate_en,
        say(DIRECTION_TEXTS[view.direction]) if view.direction else "",
        say(KIND_TEXTS[view.kind]),
        view.kind.value,
        reason_words(view.reason, frame.language) if view.reason else "",
        view.reason.value if view.reason else "",
        str(view.person or ""),
        person,
        say(offline),
        frame.moment(view.received_ms),
    ]


def _csv(rows: Iterable[Sequence[str]]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerows([guarded(cell) for cell in row] for row in rows)
    return buffer.getvalue()
