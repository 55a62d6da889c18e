"""A person's cards: issue, replace, disable, enable, revoke, change the term."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from central_server.card_issuing import service
from central_server.card_issuing.schemas import CardForm, DeedForm, TermForm
from central_server.card_issuing.service import NumberRefused
from central_server.card_issuing.texts import NOTATION_TEXTS, STATUS_TEXTS
from central_server.cards import service as cards
from central_server.cards.card_numbers import Notation
from central_server.cards.schemas import NEXT_STATUS, Card, CardDeed
from central_server.holders import service as holders
from central_server.holders.schemas import HolderView
from central_server.kit.centre import ByOf, Centre, CentreOf, Reading, Writing
from central_server.kit.database import Session
from central_server.kit.errors import Conflict
from central_server.kit.forms import Form, read_form
from central_server.kit.guards import requires
from central_server.kit.i18n import Text
from central_server.kit.permissions import Permission

router = APIRouter()

USUAL_TERM: Final = timedelta(days=4 * 365)
"""What the form proposes: a course of studies."""
_MANAGES: Final = [requires(Permission.MANAGE_HOLDERS)]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCardModel:
    """The form that issues a card."""

    holder: HolderView
    form: Form[CardForm]
    notations: dict[Notation, Text]
    first_day: date
    last_day: date
    lost: Card | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CardModel:
    """One card."""

    holder: HolderView
    card: Card
    status: Text
    deeds: frozenset[CardDeed]
    first_day: date
    last_day: date
    form: Form[DeedForm]
    term_form: Form[TermForm]


@router.get("/holders/{number}/cards/new", dependencies=_MANAGES)
async def new_card_page(
    request: Request, number: int, centre: CentreOf, session: Reading, replaces: int = 0
) -> Response:
    """The form that issues a card, or replaces a lost one."""
    return await _new_page(request, centre, session, number, Form(), replaces)


@router.post("/holders/{number}/cards/new", dependencies=_MANAGES)
async def issue_card(
    request: Request, number: int, centre: CentreOf, session: Writing, by: ByOf
) -> Response:
    """Issue the card; every gate concerned hears of it."""
    form = await read_form(request, CardForm)
    if form.value is not None:
        try:
            await service.issue(session, number, form.value, centre.settings.site.zone, by)
        except (NumberRefused, Conflict) as error:
            # A lost card may be revoked already in this transaction: nothing of it shall stay.
            await session.rollback()
            form = form.with_error("number", error.text)
        else:
            return RedirectResponse(f"/holders/{number}", status_code=303)
    typed = form.typed.get("replaces", "")
    replaces = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0  # noqa: PLR2004 - fits 32 bits
    return await _new_page(request, centre, session, number, form, replaces)


@router.get("/holders/{number}/cards/{card_id}", dependencies=[requires(Permission.VIEW_HOLDERS)])
async def show_card(
    request: Request, number: int, card_id: int, centre: CentreOf, session: Reading
) -> Response:
    """One card, its number masked."""
    card = await cards.get_card(session, number, card_id)
    return await _card_page(request, centre, session, card, Form(), Form())


@router.post(
    "/holders/{number}/cards/{card_id}/disable",
    dependencies=[requires(Permission.BLOCK_HOLDERS)],
)
async def disable_card(
    request: Request, number: int, card_id: int, centre: CentreOf, session: Writing, by: ByOf
) -> Response:
    """Refuse this card at every gate until it is enabled."""
    card = await cards.get_card(session, number, card_id)
    return await _do(request, centre, session, by, card, CardDeed.DISABLE)


@router.post("/holders/{number}/cards/{card_id}/enable", dependencies=_MANAGES)
async def enable_card(
    request: Request, number: int, card_id: int, centre: CentreOf, session: Writing, by: ByOf
) -> Response:
    """Let this card open again."""
    card = await cards.get_card(session, number, card_id)
    return await _do(request, centre, session, by, card, CardDeed.ENABLE)


@router.post("/holders/{number}/cards/{card_id}/revoke", dependencies=_MANAGES)
async def revoke_card(
    request: Request, number: int, card_id: int, centre: CentreOf, session: Writing, by: ByOf
) -> Response:
    """Refuse this card for good."""
    card = await cards.get_card(session, number, card_id)
    return await _do(request, centre, session, by, card, CardDeed.REVOKE)


@router.post("/holders/{number}/cards/{card_id}/term", dependencies=_MANAGES)
async def change_term(
    request: Request, number: int, card_id: int, centre: CentreOf, session: Writing, by: ByOf
) -> Response:
    """Change from when and until when a card may be used."""
    card = await cards.get_card(session, number, card_id)
    form = await read_form(request, TermForm)
    if form.value is not None:
        term = service.term_of(form.value, centre.settings.site.zone)
        await cards.set_term(session, card, term, by)
        return RedirectResponse(f"/holders/{number}", status_code=303)
    return await _card_page(request, centre, session, card, Form(), form)


async def _do(
    request: Request, centre: Centre, session: Session, by: ByOf, card: Card, deed: CardDeed
) -> Response:
    form = await read_form(request, DeedForm)
    if form.value is not None:
        try:
            await cards.change(session, card, deed, form.value.reason, by)
        except Conflict as error:
            form = form.with_error("", error.text)
        else:
            return RedirectResponse(f"/holders/{card.holder}", status_code=303)
    return await _card_page(request, centre, session, card, form, Form())


async def _new_page(
    request: Request,
    centre: Centre,
    session: Session,
    number: int,
    form: Form[CardForm],
    replaces: int,
) -> Response:
    lost = await cards.get_card(session, number, replaces) if replaces else None
    zone = centre.settings.site.zone
    today = centre.clock.now().utc().astimezone(zone).date()
    last = today + USUAL_TERM if lost is None else service.days_of(lost.term, zone)[1]
    model = NewCardModel(
        holder=await holders.get_holder(session, number),
        form=form,
        notations=NOTATION_TEXTS,
        first_day=today,
        last_day=last,
        lost=lost,
    )
    status = 422 if form.errors else 200
    return centre.pages.render(request, "card_issuing/new.html", model, status)


async def _card_page(
    request: Request,
    centre: Centre,
    session: Session,
    card: Card,
    form: Form[DeedForm],
    term_form: Form[TermForm],
) -> Response:
    first_day, last_day = service.days_of(card.term, centre.settings.site.zone)
    model = CardModel(
        holder=await holders.get_holder(session, card.holder),
        card=card,
        status=STATUS_TEXTS[card.status],
        deeds=frozenset(deed for deed in CardDeed if (card.status, deed) in NEXT_STATUS),
        first_day=first_day,
        last_day=last_day,
        form=form,
        term_form=term_form,
    )
    status = 422 if form.errors or term_form.errors else 200
    return centre.pages.render(request, "card_issuing/card.html", model, status)
