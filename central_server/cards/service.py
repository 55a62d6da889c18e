"""Issue cards and end them. Every change is told to the gates in the same transaction."""

from collections.abc import Sequence
from typing import Final

from access_core.ids import PassId
from access_core.model.credential import CredentialStatus
from central_server.cards import repository
from central_server.cards.schemas import NEXT_STATUS, Card, CardDeed, CardTerm, NewCard
from central_server.kit.audit import Action, By, record
from central_server.kit.database import Session
from central_server.kit.errors import Conflict, NotFound
from central_server.kit.feed import ChangeKind, note_changes
from central_server.kit.i18n import text

_DEEDS: Final = {
    CardDeed.DISABLE: Action.CARD_DISABLED,
    CardDeed.ENABLE: Action.CARD_ENABLED,
    CardDeed.REVOKE: Action.CARD_REVOKED,
}
_AT_ONCE: Final = 500
"""Ids asked for in one statement."""


async def issue(session: Session, card: NewCard, by: By) -> Card:
    """The card, known to the gates from the commit on; Conflict if it is somebody's already."""
    (known,) = await cards(session, [card.pass_id]) or (None,)
    if known is not None:
        raise Conflict(text("Person %(number)s has this card already.", number=known.holder))
    await issue_all(session, [card], by.now_ms)
    (made,) = await cards(session, [card.pass_id])
    await record(session, by.did(Action.CARD_ISSUED, _subject(made), in_words(made)))
    return made


async def issue_all(session: Session, new: Sequence[NewCard], now_ms: int) -> None:
    """Issue cards that nobody has, without an entry in the audit for each."""
    await repository.add(session, new, now_ms)
    await _tell_gates(session, [card.pass_id for card in new])


async def replace(session: Session, lost: Card, card: NewCard, reason: str, by: By) -> Card:
    """The new card in place of the lost one, which never opens again; Conflict as in `issue`."""
    if lost.status is not CredentialStatus.REVOKED:
        await change(session, lost, CardDeed.REVOKE, reason, by)
    return await issue(session, card, by)


async def change(session: Session, card: Card, deed: CardDeed, reason: str, by: By) -> None:
    """Disable, enable or revoke a card; Conflict if its state does not allow it any more."""
    status = NEXT_STATUS.get((card.status, deed))
    if status is None:
        raise Conflict(text("The card has changed meanwhile. Look at it and decide again."))
    kept = "" if status is CredentialStatus.ENABLED else reason
    await repository.set_status(session, card.card_id, status, kept)
    await record(session, by.did(_DEEDS[deed], _subject(card), f"{in_words(card)}: {reason}"))
    await _tell_gates(session, [card.pass_id])


async def set_term(session: Session, card: Card, term: CardTerm, by: By) -> None:
    """Change from when and until when a card may be used; Conflict for a revoked one."""
    if card.status is CredentialStatus.REVOKED:
        raise Conflict(text("The card has changed meanwhile. Look at it and decide again."))
    await repository.set_term(session, card.card_id, term)
    detail = f"{in_words(card)}: {term.valid_from_s}..{term.valid_until_s}"
    await record(session, by.did(Action.CARD_TERM_CHANGED, _subject(card), detail))
    await _tell_gates(session, [card.pass_id])


async def get_card(session: Session, holder: int, card_id: int) -> Card:
    """One card of a holder; NotFound if it is not theirs."""
    card = await repository.get(session, card_id)
    if card is None or card.holder != holder:
        raise NotFound
    return card


async def cards_of(session: Session, holder: int) -> tuple[Card, ...]:
    """Every card of a holder, the newest first."""
    return tuple(await repository.of_holder(session, holder))


async def cards(session: Session, pass_ids: Sequence[PassId]) -> list[Card]:
    """The cards among these ids."""
    found: list[Card] = []
    for start in range(0, len(pass_ids), _AT_ONCE):
        found += await repository.by_pass_ids(session, pass_ids[start : start + _AT_ONCE])
    return found


async def current_cards(session: Session, now_s: int) -> list[Card]:
    """Every card that an edge must know at `now_s`, revoked ones included."""
    return await repository.not_over(session, now_s)


def in_words(card: Card) -> str:
    """A card as the audit names it: its format and last digits."""
    return f"{card.card_format} …{card.ending}"


def _subject(card: Card) -> str:
    return f"holder:{card.holder}"


async def _tell_gates(session: Session, pass_ids: Sequence[PassId]) -> None:
    await note_changes(session, ChangeKind.CREDENTIAL, [pass_id.hex() for pass_id in pass_ids])
