"""Texts in Chinese and English.

A message is named by its English words; `locale/zh/*.po` holds the Chinese, read at start with
Babel. Templates say `_("…")`; Python code that has no reader yet makes a `Text` with `text("…")`
and the template says it with the filter `say`. `tests/central_server/test_locale.py` refuses a
message that is missing, fuzzy or no longer used.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from babel.core import Locale
from babel.dates import format_datetime
from babel.messages.pofile import read_po

from central_server.language import Language

__all__ = [
    "LOCALE_FOLDER",
    "Catalogue",
    "Language",
    "Text",
    "choose_language",
    "load_catalogues",
    "text",
]

LOCALE_FOLDER: Final = Path(__file__).parent.parent / "locale"


@dataclass(frozen=True, slots=True)
class Text:
    """Words for a person, not yet in a language. `values` fill `%(name)s`."""

    message: str
    values: Mapping[str, object] = field(default_factory=dict[str, object])


def text(message: str, /, **values: object) -> Text:
    """Words to be said later; the message is a literal, so that it can be collected."""
    return Text(message, values)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One language's words, dates and numbers."""

    language: Language
    messages: Mapping[str, str]

    def gettext(self, message: str) -> str:
        """The message in this language; in English it is its own name."""
        return self.messages.get(message, message)

    def say(self, said: Text) -> str:
        """The words with their values; a value that is a `Text` is said too."""
        values = {
            name: self.say(value) if isinstance(value, Text) else value
            for name, value in said.values.items()
        }
        message = self.gettext(said.message)
        return message % values if values else message

    def moment(self, wall_ms: int, zone: ZoneInfo, style: str = "medium") -> str:
        """Local date and time of `wall_ms` (ms since 1970 UTC); `style` as Babel has it."""
        at = datetime.fromtimestamp(wall_ms / 1000, UTC)
        return format_datetime(at, style, tzinfo=zone, locale=self._locale)

    @property
    def _locale(self) -> Locale:
        return Locale.parse("zh_Hans_CN" if self.language is Language.ZH else "en_GB")


def load_catalogues(folder: Path = LOCALE_FOLDER) -> dict[Language, Catalogue]:
    """Both catalogues; every .po file of a language's folder is read."""
    chinese: dict[str, str] = {}
    for path in sorted((folder / "zh").glob("*.po")):
        with path.open("rb") as stream:
            for entry in read_po(stream):
                if isinstance(entry.id, str) and isinstance(entry.string, str) and entry.string:
                    chinese[entry.id] = entry.string
    return {
        Language.ZH: Catalogue(Language.ZH, chinese),
        Language.EN: Catalogue(Language.EN, {}),
    }


def choose_language(
    *, asked: str | None, remembered: str | None, accept: str, default: Language
) -> Language:
    """By `?lang=`, then the cookie, then Accept-Language (RFC 9110, 12.5.4), then the default."""
    for word in (asked, remembered):
        if word in frozenset(Language):
            return Language(word)
    for tag in _preferred_tags(accept):
        primary = tag.split("-")[0]
        if primary in frozenset(Language):
            return Language(primary)
    return default


def _preferred_tags(accept: str) -> Sequence[str]:
    weighted: list[tuple[float, int, str]] = []
    for place, part in enumerate(accept[:200].lower().split(",")):
        tag, _, quality = part.strip().partition(";q=")
        try:
            weight = float(quality or 1)
        except ValueError:
            continue
        weighted.append((-weight, place, tag))
    return [tag for weight, _, tag in sorted(weighted) if weight < 0]
