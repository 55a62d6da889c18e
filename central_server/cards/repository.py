"""The table of cards and all SQL of it."""

from collections.abc import Sequence

from sqlalchemy import BigInteger, LargeBinary, String, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from access_core.ids import PassId
from access_core.model.credential import CredentialStatus
from access_core.passes.card import CardFormat
from central_server.cards.schemas import Card, CardTerm, NewCard
from central_server.kit.database import Session, Table


class CardRow(Table):
    """One card; `schemas.Card` says what the columns mean."""

    __tablename__ = "card"

    id: Mapped[int] = mapped_column(primary_key=True)
    pass_id: Mapped[bytes] = mapped_column(LargeBinary(8), unique=True)
    holder: Mapped[int] = mapped_column(index=True)
    card_format: Mapped[str] = mapped_column(String(8))
    ending: Mapped[str] = mapped_column(String(4))
    status: Mapped[str] = mapped_column(String(10))
    valid_from_s: Mapped[int] = mapped_column(BigInteger)
    valid_until_s: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(String(200), default="")
    issued_ms: Mapped[int] = mapped_column(BigInteger)


async def add(session: Session, cards: Sequence[NewCard], issued_ms: int) -> None:
    """Store new cards, enabled."""
    rows = [
        {
            "pass_id": card.pass_id,
            "holder": card.holder,
            "card_format": card.card_format.value,
            "ending": card.ending,
            "status": CredentialStatus.ENABLED.value,
            "valid_from_s": card.term.valid_from_s,
            "valid_until_s": card.term.valid_until_s,
            "reason": "",
            "issued_ms": issued_ms,
        }
        for card in cards
    ]
    if rows:
        await session.execute(insert(CardRow), rows)


async def get(session: Session, card_id: int) -> Card | None:
    """By its number in the table."""
    query = select(CardRow).where(CardRow.id == card_id)
    row = await session.scalar(query.execution_options(populate_existing=True))
    return None if row is None else _card(row)


async def of_holder(session: Session, holder: int) -> list[Card]:
    """Every card of a holder, the newest first."""
    query = select(CardRow).where(CardRow.holder == holder).order_by(CardRow.id.desc())
    rows = await session.scalars(query.execution_options(populate_existing=True))
    return [_card(row) for row in rows]


async def by_pass_ids(session: Session, pass_ids: Sequence[PassId]) -> list[Card]:
    """The cards with these ids, in no order; unknown ids are left out."""
    query = select(CardRow).where(CardRow.pass_id.in_(pass_ids))
    rows = await session.scalars(query.execution_options(populate_existing=True))
    return [_card(row) for row in rows]


async def not_over(session: Session, now_s: int) -> list[Card]:
    """Every card whose time is not past, revoked ones included."""
    rows = await session.scalars(select(CardRow).where(CardRow.valid_until_s > now_s))
    return [_card(row) for row in rows]


async def set_status(session: Session, card_id: int, status: CredentialStatus, reason: str) -> None:
    """Change the status of a card."""
    values = {"status": status.value, "reason": reason}
    await session.execute(update(CardRow).where(CardRow.id == card_id).values(**values))


async def set_term(session: Session, card_id: int, term: CardTerm) -> None:
    """Change when a card may be used."""
    values = {"valid_from_s": term.valid_from_s, "valid_until_s": term.valid_until_s}
    await session.execute(update(CardRow).where(CardRow.id == card_id).values(**values))


def _card(row: CardRow) -> Card:
    return Card(
        card_id=row.id,
        pass_id=PassId(row.pass_id),
        holder=row.holder,
        card_format=CardFormat(row.card_format),
        ending=row.ending,
        status=CredentialStatus(row.status),
        term=CardTerm(valid_from_s=row.valid_from_s, valid_until_s=row.valid_until_s),
        reason=row.reason,
    )
