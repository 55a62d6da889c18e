"""CSV that a spreadsheet opens without running anything in it."""

import csv
from collections.abc import AsyncIterator, Sequence

import pytest

from access_core.model.access_event import AccessEventKind
from access_core.policy.reasons import ReasonCode
from central_server.access_log.csv_export import HEADINGS, csv_lines, guarded
from central_server.access_log.schemas import EventView
from central_server.kit.centre import Centre
from central_server.language import Language


@pytest.mark.parametrize("cell", ["=1+1", "+86", "-2", "@SUM(A1)", "\tx", "\rx"])
def test_a_cell_that_could_be_a_formula_is_text(cell: str) -> None:
    """Whatever begins like a formula gets an apostrophe before it."""
    assert guarded(cell) == f"'{cell}"
    assert guarded("plain") == "plain"


async def test_every_event_is_a_line_under_the_headings(centre: Centre) -> None:
    """Commas and quotes in names stay within their cell."""
    view = EventView(
        event_id=7,
        wall_ms=1_800_000_000_000,
        received_ms=1_800_000_100_000,
        gate_zh="北门",
        gate_en="North, gate",
        direction=None,
        kind=AccessEventKind.ACCESS_DENIED,
        reason=ReasonCode.PASS_STALE,
        is_denied=True,
        person=3,
        person_name="李**",
        is_offline=True,
    )

    async def pages() -> AsyncIterator[Sequence[tuple[EventView, str]]]:
        yield [(view, '=cmd|"x"')]

    frame = centre.pages.bare_frame(Language.EN)
    text = "".join([part async for part in csv_lines(frame, pages())])
    heading, line = csv.reader(text.removeprefix("\ufeff").splitlines())
    assert len(heading) == len(line) == len(HEADINGS)
    assert "North, gate" in line
    assert "PASS_STALE" in line
    assert '\'=cmd|"x"' in line
    assert view.is_late
