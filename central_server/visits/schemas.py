"""The booking form: bounded text in, typed values or the flaws of each field out.

Whatever is sent is read: nothing raises, every length is limited before a field is looked at.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from hashlib import sha256
from typing import Final

import msgspec

from central_server.visits.rules import FieldFlaw, Flaw, Purpose

MAX_NAME: Final = 60
MAX_DEPARTMENT: Final = 80
MAX_KEY: Final = 64
MAX_EMAIL: Final = 254
"""RFC 5321, 4.5.3.1.3."""
MAX_NOTE: Final = 200
MAX_PHONE: Final = 24
MAX_PLATE: Final = 10
LAST_DAY: Final = date(2100, 1, 1)
"""A pass counts seconds in 32 bits, which end in 2106."""
MAX_KEPT: Final = 300
"""Characters of each field that are shown again after an error."""
CONSENT_VERSION: Final = "2026-11"
"""Changes with the words of the notice; stored with each booking."""
_PHONE: Final = re.compile(r"\+?[0-9]{7,15}")
"""E.164 has at most 15 digits."""
_EMAIL: Final = re.compile(r"[^@\s,;<>\"]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_PLATE: Final = re.compile(r"[\w·-]{4,10}")
_KEY: Final = re.compile(r"[A-Za-z0-9_-]{22,64}")
"""At least 128 bits in base64url."""
FIELDS: Final = (
    "purpose",
    "host_name",
    "host_department",
    "gate",
    "day",
    "from",
    "until",
    "name",
    "phone",
    "email",
    "companions",
    "plate",
    "note",
    "consent",
    "key",
)
"""In the order in which a person meets them."""


class Booking(msgspec.Struct, frozen=True, kw_only=True):
    """A booking whose every field has the right form; whether it may be is for the rules."""

    purpose: Purpose
    host_name: str
    host_department: str
    gate_id: str
    day: date
    from_: time
    until: time
    name: str
    phone: str
    """Digits, with a leading + if given; empty if an e-mail address is there."""
    email: str
    companions: int
    plate: str
    note: str
    key: str
    """Random text of the form: the same form sent twice is one booking."""


@dataclass(frozen=True, slots=True)
class BookingFlaws:
    """Why the form is shown again."""

    flaws: tuple[FieldFlaw, ...]


def typed(form: Mapping[str, object]) -> dict[str, str]:
    """What was typed into each field, to be shown again; a file is nothing typed."""
    values = {name: form.get(name, "") for name in FIELDS}
    return {name: v[:MAX_KEPT] if isinstance(v, str) else "" for name, v in values.items()}


def read_booking(
    form: Mapping[str, object], gate_ids: frozenset[str], most_companions: int
) -> Booking | BookingFlaws:
    """The booking in a posted form. `gate_ids`: the gates a visitor may choose."""
    reader = _Reader(form)
    booking = Booking(
        purpose=reader.purpose(),
        host_name=reader.words("host_name", MAX_NAME, is_needed=True),
        host_department=reader.words("host_department", MAX_DEPARTMENT),
        gate_id=reader.choice("gate", gate_ids),
        day=reader.day(),
        from_=reader.clock("from"),
        until=reader.clock("until"),
        name=reader.words("name", MAX_NAME, is_needed=True),
        phone=reader.phone(),
        email=reader.email(),
        companions=reader.companions(most_companions),
        plate=reader.plate(),
        note=reader.words("note", MAX_NOTE),
        key=reader.key(),
    )
    reader.consent()
    if reader.flaws:
        return BookingFlaws(tuple(reader.flaws))
    return booking


def link_token(booking: Booking) -> str:
    """The unguessable end of the visit's link: 160 bits out of the form's random key.

    The same form sent again gives the same link, so a second press finds the first booking; a
    changed form gives another. The server stores only a hash of it.
    """
    digest = sha256(b"visit link\x00" + msgspec.json.encode(booking)).digest()
    return digest[:20].hex()


def link_hash(token: str) -> bytes:
    """What is stored of a link."""
    return sha256(b"visit link stored\x00" + token.encode()).digest()


def plain(value: str) -> str:
    """One line without control characters, blanks at the ends or runs of blanks; NFC."""
    visible = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in value)
    return " ".join(unicodedata.normalize("NFC", visible).split())


class _Reader:
    """Reads field by field and collects the first flaw of each."""

    def __init__(self, form: Mapping[str, object]) -> None:
        self._form = form
        self.flaws: list[FieldFlaw] = []

    def words(self, name: str, limit: int, *, is_needed: bool = False) -> str:
        """A line of at most `limit` characters."""
        raw = self._form.get(name, "")
        if not isinstance(raw, str):
            return self._wrong(name, Flaw.NOT_TEXT)
        if len(raw) > limit * 4:
            return self._wrong(name, Flaw.TOO_LONG, limit)
        value = plain(raw)
        if len(value) > limit:
            return self._wrong(name, Flaw.TOO_LONG, limit)
        if is_needed and not value:
            return self._wrong(name, Flaw.MISSING)
        return value

    def purpose(self) -> Purpose:
        """One of the purposes."""
        value = self.choice("purpose", frozenset(Purpose))
        return Purpose(value) if value else Purpose.OTHER

    def choice(self, name: str, choices: frozenset[str]) -> str:
        """One of `choices`; empty if it is not."""
        value = self.words(name, MAX_NAME)
        if value in choices:
            return value
        return self._wrong(name, Flaw.BAD_CHOICE if value else Flaw.MISSING)

    def day(self) -> date:
        """A date as browsers send it, YYYY-MM-DD."""
        value = self.words("day", MAX_PHONE)
        try:
            day = date.fromisoformat(value)
        except ValueError:
            day = date.max
        if not date(2000, 1, 1) <= day <= LAST_DAY:
            self._wrong("day", Flaw.BAD_DAY if value else Flaw.MISSING)
        return day

    def clock(self, name: str) -> time:
        """A local time as browsers send it, HH:MM; 24:00 is taken as midnight."""
        value = self.words(name, MAX_PHONE)
        try:
            at = time.fromisoformat("00:00" if value == "24:00" else value)
        except ValueError:
            self._wrong(name, Flaw.BAD_TIME if value else Flaw.MISSING)
            return time.min
        return at.replace(second=0, microsecond=0, tzinfo=None)

    def phone(self) -> str:
        """Digits as typed, without what people put between them."""
        value = re.sub(
            r"[\s().-]", "", unicodedata.normalize("NFKC", self.words("phone", MAX_PHONE))
        )
        if value and not _PHONE.fullmatch(value):
            return self._wrong("phone", Flaw.BAD_PHONE)
        return value

    def email(self) -> str:
        """An address; one of phone and e-mail is needed."""
        value = self.words("email", MAX_EMAIL)
        if value and not _EMAIL.fullmatch(value):
            return self._wrong("email", Flaw.BAD_EMAIL)
        if not value and not self._has_text("phone"):
            return self._wrong("phone", Flaw.NO_CONTACT)
        return value

    def companions(self, most: int) -> int:
        """How many come along, 0 to `most`."""
        value = self.words("companions", MAX_PLATE) or "0"
        if not (value.isascii() and value.isdigit()):
            self._wrong("companions", Flaw.BAD_NUMBER)
            return 0
        if int(value) > most:
            self._wrong("companions", Flaw.TOO_MANY, most)
            return 0
        return int(value)

    def plate(self) -> str:
        """A number plate without blanks, in capitals; optional."""
        value = self.words("plate", MAX_PLATE * 2).replace(" ", "").upper()
        if value and not _PLATE.fullmatch(value):
            return self._wrong("plate", Flaw.BAD_PLATE)
        return value

    def consent(self) -> None:
        """The tick, for the notice that was shown."""
        if self._form.get("consent") != CONSENT_VERSION:
            self._wrong("consent", Flaw.NO_CONSENT)

    def key(self) -> str:
        """The random text of the form."""
        value = self.words("key", MAX_KEY)
        return value if _KEY.fullmatch(value) else self._wrong("key", Flaw.MISSING)

    def _has_text(self, name: str) -> bool:
        value = self._form.get(name, "")
        return isinstance(value, str) and bool(value.strip())

    def _wrong(self, name: str, flaw: Flaw, limit: int | str = "") -> str:
        if all(known.field != name for known in self.flaws):
            self.flaws.append(FieldFlaw(name, flaw, limit))
        return ""
