"""Forms for cards, and how far an import has come."""

from dataclasses import dataclass
from datetime import date

from pydantic import Field, ValidationInfo, field_validator

from central_server.cards.card_numbers import CardNumber, Notation
from central_server.kit.forms import FormModel, refuse
from central_server.kit.i18n import Text


class TermForm(FormModel):
    """From when and until when; both days count."""

    valid_from: date
    valid_until: date

    @field_validator("valid_until")
    @classmethod
    def _ends_later(cls, last: date, info: ValidationInfo) -> date:
        first = info.data.get("valid_from")
        if first is not None and last < first:
            raise refuse("The last day lies before the first.")
        return last


class CardForm(TermForm):
    """A card is issued."""

    notation: Notation
    number: str = Field(min_length=1, max_length=40)
    replaces: int = 0
    """The lost card that it replaces; 0 for none."""


class DeedForm(FormModel):
    """Why a card is disabled, enabled or revoked."""

    reason: str = Field(min_length=3, max_length=200)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportLine:
    """A line of the file that was understood. The number itself is not kept."""

    line: int
    """Counted from 1, as a spreadsheet does."""
    holder: int
    card: CardNumber


@dataclass(frozen=True, slots=True)
class Problem:
    """A line of the file that could not be used."""

    line: int
    said: Text


@dataclass(frozen=True, slots=True)
class ReadFile:
    """What a file says."""

    lines: tuple[ImportLine, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportState:
    """How far an import has come."""

    import_id: int
    file_name: str
    started_ms: int
    moved_ms: int
    total: int
    done: int
    issued: int
    known: int
    """Cards that these people had already."""
    refused: int
    problems: tuple[Problem, ...]
    """The first of what was refused, in the order of the file."""

    @property
    def is_over(self) -> bool:
        """Whether every line has been looked at."""
        return self.done >= self.total
