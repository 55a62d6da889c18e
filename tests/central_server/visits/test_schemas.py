"""The booking form: values or flaws, whatever is sent."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central_server.visits.rules import Flaw, Purpose
from central_server.visits.schemas import (
    CONSENT_VERSION,
    FIELDS,
    Booking,
    BookingFlaws,
    link_hash,
    link_token,
    plain,
    read_booking,
    typed,
)

GATES = frozenset({"north", "south"})
KEY = "k" * 32


def form(**changed: object) -> dict[str, Any]:
    """A form without flaws, with some fields changed; `from_` is meant as `from`."""
    good = {
        "purpose": "meeting",
        "host_name": "李 明",
        "host_department": "Physics",
        "gate": "north",
        "day": "2027-01-15",
        "from": "14:00",
        "until": "18:30",
        "name": "Ada Lovelace",
        "phone": "138 1234-5678",
        "email": "",
        "companions": "2",
        "plate": "京 a12345",
        "note": "",
        "consent": CONSENT_VERSION,
        "key": KEY,
    }
    return good | {name.removesuffix("_"): value for name, value in changed.items()}


def flaws_of(**changed: object) -> dict[str, Flaw]:
    """The flaws of a form with these fields changed."""
    read = read_booking(form(**changed), GATES, 4)
    assert isinstance(read, BookingFlaws)
    return {flaw.field: flaw.flaw for flaw in read.flaws}


def booking_of(**changed: object) -> Booking:
    """The booking in a form with these fields changed."""
    read = read_booking(form(**changed), GATES, 4)
    assert isinstance(read, Booking)
    return read


def test_a_good_form_is_a_booking() -> None:
    """Values are typed and tidied."""
    booking = booking_of()
    assert booking.purpose is Purpose.MEETING
    assert booking.phone == "13812345678"
    assert booking.plate == "京A12345"
    assert booking.companions == 2
    assert (booking.from_.hour, booking.until.minute) == (14, 30)


@pytest.mark.parametrize(
    ("changed", "field", "flaw"),
    [
        ({"name": "  "}, "name", Flaw.MISSING),
        ({"name": "x" * 61}, "name", Flaw.TOO_LONG),
        ({"name": "x" * 100_000}, "name", Flaw.TOO_LONG),
        ({"host_name": ""}, "host_name", Flaw.MISSING),
        ({"gate": "west"}, "gate", Flaw.BAD_CHOICE),
        ({"gate": ""}, "gate", Flaw.MISSING),
        ({"purpose": "spying"}, "purpose", Flaw.BAD_CHOICE),
        ({"day": "15.1.2027"}, "day", Flaw.BAD_DAY),
        ({"day": "9999-12-31"}, "day", Flaw.BAD_DAY),
        ({"day": "0001-01-01"}, "day", Flaw.BAD_DAY),
        ({"from_": "noon"}, "from", Flaw.BAD_TIME),
        ({"until": ""}, "until", Flaw.MISSING),
        ({"phone": "12345"}, "phone", Flaw.BAD_PHONE),
        ({"phone": "not a phone"}, "phone", Flaw.BAD_PHONE),
        ({"phone": ""}, "phone", Flaw.NO_CONTACT),
        ({"email": "ada@"}, "email", Flaw.BAD_EMAIL),
        ({"companions": "5"}, "companions", Flaw.TOO_MANY),
        ({"companions": "-1"}, "companions", Flaw.BAD_NUMBER),
        ({"companions": "²"}, "companions", Flaw.BAD_NUMBER),
        ({"plate": "!!!!!"}, "plate", Flaw.BAD_PLATE),
        ({"note": "n" * 201}, "note", Flaw.TOO_LONG),
        ({"consent": ""}, "consent", Flaw.NO_CONSENT),
        ({"consent": "2020-01"}, "consent", Flaw.NO_CONSENT),
        ({"key": "short"}, "key", Flaw.MISSING),
        ({"name": b"bytes"}, "name", Flaw.NOT_TEXT),
    ],
)
def test_a_flaw_names_its_field(changed: dict[str, Any], field: str, flaw: Flaw) -> None:
    """Exactly the field that is wrong is named."""
    assert flaws_of(**changed) == {field: flaw}


def test_all_flaws_are_told_at_once() -> None:
    """An empty form names every field that is needed, so that nobody has to press twice."""
    read = read_booking({}, GATES, 4)
    assert isinstance(read, BookingFlaws)
    needed = {
        "purpose", "host_name", "gate", "day", "from", "until", "name", "phone", "consent", "key",
    }  # fmt: skip
    assert {flaw.field for flaw in read.flaws} == needed


def test_an_email_is_enough() -> None:
    """A person without a phone can book."""
    assert booking_of(phone="", email="ada@example.org").email == "ada@example.org"


def test_full_width_digits_are_digits() -> None:
    """A Chinese keyboard's digits make a phone number."""
    assert booking_of(phone="１３８１２３４５６７８").phone == "13812345678"  # noqa: RUF001 - as typed


def test_control_characters_and_runs_of_blanks_go() -> None:
    """A name is one visible line."""
    assert plain(" Ada\u202e\x00 \t Lovelace\n") == "Ada Lovelace"


def test_the_same_form_has_the_same_link_and_another_form_another() -> None:
    """A second press finds the first booking; a changed one, or another visitor's, does not."""
    token = link_token(booking_of())
    assert token == link_token(booking_of(phone="13812345678"))
    assert token != link_token(booking_of(name="Ada Byron"))
    assert token != link_token(booking_of(key="j" * 32))
    assert len(token) == 40
    assert link_hash(token) != link_hash(token[:-1] + "x")


@given(
    st.dictionaries(
        st.sampled_from([*FIELDS, "other"]), st.one_of(st.text(), st.binary(), st.integers())
    )
)
def test_any_form_is_read(sent: dict[str, Any]) -> None:
    """Whatever is sent, reading gives a booking or flaws and never raises."""
    read = read_booking(form() | sent, GATES, 4)
    assert isinstance(read, Booking | BookingFlaws)
    assert set(typed(form() | sent)) == set(FIELDS)
