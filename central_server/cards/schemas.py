"""Cards as the centre knows them."""

from dataclasses import dataclass
from enum import StrEnum

from access_core.ids import PassId
from access_core.model.credential import CredentialStatus
from access_core.passes.card import CardFormat


@dataclass(frozen=True, slots=True, kw_only=True)
class CardTerm:
    """When a card may be used: whole seconds since 1970 UTC, [from, until)."""

    valid_from_s: int
    valid_until_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One card. Its number is not known here."""

    card_id: int
    pass_id: PassId
    holder: int
    """The holder's number."""
    card_format: CardFormat
    ending: str
    """The last digits as they are written on it."""
    status: CredentialStatus
    term: CardTerm
    reason: str
    """Why it is disabled or revoked; empty while it is enabled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCard:
    """A card about to be issued."""

    pass_id: PassId
    holder: int
    card_format: CardFormat
    ending: str
    term: CardTerm


class CardDeed(StrEnum):
    """What is done to a card that has been issued."""

    DISABLE = "disable"
    """Lost or suspended; may be enabled again."""
    ENABLE = "enable"
    REVOKE = "revoke"
    """Never again."""


NEXT_STATUS = {
    (CredentialStatus.ENABLED, CardDeed.DISABLE): CredentialStatus.DISABLED,
    (CredentialStatus.DISABLED, CardDeed.ENABLE): CredentialStatus.ENABLED,
    (CredentialStatus.ENABLED, CardDeed.REVOKE): CredentialStatus.REVOKED,
    (CredentialStatus.DISABLED, CardDeed.REVOKE): CredentialStatus.REVOKED,
}
"""(status, deed) -> status; what is not listed cannot be done."""
