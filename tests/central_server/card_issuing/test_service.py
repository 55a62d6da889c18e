"""Issuing what was typed."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from access_core.model.access_event import AccessEventKind
from access_core.model.holder import HolderKind
from central_server.card_issuing import service
from central_server.card_issuing.schemas import CardForm, TermForm
from central_server.card_issuing.service import NumberRefused
from central_server.cards.card_numbers import Notation, read_number
from central_server.holders import service as holders
from central_server.holders.schemas import NewHolderForm
from central_server.kit.audit import By
from central_server.kit.centre import Centre
from central_server.kit.errors import NotFound
from tests.central_server.an_edge import AnEdge, line
from tests.central_server.conftest import START_MS

BY = By(now_ms=START_MS)
ZONE = ZoneInfo("Asia/Shanghai")


def printed() -> CardForm:
    """A tag with the number that is printed on it."""
    return CardForm(
        notation=Notation.EM4100,
        number="0012345678",
        valid_from=date(2027, 1, 1),
        valid_until=date(2027, 12, 31),
    )


async def test_a_gate_that_has_seen_the_tag_tells_the_byte_that_is_not_printed(
    north: AnEdge, centre: Centre
) -> None:
    """Until one has, the form says what to do."""
    async with centre.database.writing() as session:
        await holders.add_holder(session, NewHolderForm(kind=HolderKind.STAFF, full_name="x"), BY)
        with pytest.raises(NumberRefused, match="Hold the tag"):
            await service.issue(session, 1, printed(), ZONE, BY)
    whole = read_number(Notation.EM4100_HEX, "2B00BC614E").pass_ids[0]
    kind = AccessEventKind.ACCESS_DENIED
    await north.send([line(START_MS, kind, pass_id=whole, reasons=("CREDENTIAL_NOT_FOUND",))])
    async with centre.database.writing() as session:
        card = await service.issue(session, 1, printed(), ZONE, BY)
    assert (card.pass_id, card.ending) == (whole, "678")


async def test_a_card_is_for_somebody(centre: Centre) -> None:
    """Not for a number that is nobody's."""
    async with centre.database.writing() as session:
        with pytest.raises(NotFound):
            await service.issue(session, 9, printed(), ZONE, BY)


def test_both_days_count() -> None:
    """From midnight to midnight, local, and back again."""
    form = TermForm(valid_from=date(2027, 1, 1), valid_until=date(2027, 1, 1))
    term = service.term_of(form, ZONE)
    assert term.valid_until_s - term.valid_from_s == 86_400
    assert service.days_of(term, ZONE) == (date(2027, 1, 1), date(2027, 1, 1))
