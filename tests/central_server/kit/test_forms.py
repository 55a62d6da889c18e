"""Forms keep what was typed and say what is wrong beside the field."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import Request
from pydantic import AfterValidator, Field

from central_server.kit.forms import FormModel, read_form, refuse
from central_server.kit.i18n import Text, text


def _even(number: int) -> int:
    if number % 2:
        raise refuse("%(number)s is odd.", number=number)
    return number


class SampleForm(FormModel):
    """One field of each kind."""

    name: str = Field(min_length=2, max_length=5)
    count: Annotated[int, Field(ge=2, le=8), AfterValidator(_even)]
    boxes: tuple[str, ...] = ()


def posted(**fields: object) -> Request:
    """A posted form."""
    body = urlencode(fields, doseq=True).encode()

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": body, "more_body": False}

    headers = [(b"content-type", b"application/x-www-form-urlencoded")]
    return Request({"type": "http", "method": "POST", "headers": headers}, receive)


async def test_a_good_form_is_a_value() -> None:
    """Blanks around do not count; a sequence field gets all its values."""
    form = await read_form(posted(name="  abc ", count="4", boxes=["x", "y"]), SampleForm)
    assert form.value == SampleForm(name="abc", count=4, boxes=("x", "y"))
    assert form.errors == {}


async def test_each_field_has_its_own_words() -> None:
    """Missing, too long, no number, out of bounds, our own rule: each in words."""
    form = await read_form(posted(name="abcdef", count=""), SampleForm)
    assert form.value is None
    assert form.errors["name"] == text("At most %(count)s characters, please.", count=5)
    assert form.errors["count"] == text("Please fill this in.")
    assert form.typed["name"] == "abcdef"
    for typed, said in {
        "x": text("Please write a whole number."),
        "1": text("At least %(count)s, please.", count=2),
        "9": text("At most %(count)s, please.", count=8),
        "3": Text("%(number)s is odd.", {"number": 3}),
    }.items():
        assert (await read_form(posted(name="abc", count=typed), SampleForm)).errors[
            "count"
        ] == said


async def test_a_value_that_is_far_too_long_is_refused_whole() -> None:
    """Nothing unbounded reaches a validator."""
    form = await read_form(posted(name="a" * 3000, count="4"), SampleForm)
    assert form.errors[""] == text("One of the fields is far too long.")


async def test_a_service_can_add_an_error_to_a_field() -> None:
    """What only the database knows stands beside the field as well."""
    form = (await read_form(posted(name="abc", count="4"), SampleForm)).with_error(
        "name", text("taken")
    )
    assert form.value is None
    assert form.errors["name"] == text("taken")
    assert form.typed["count"] == "4"
