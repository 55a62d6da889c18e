"""Forms: what was typed is kept, errors stand beside their field in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Generic, TypeVar

from fastapi import Request
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from central_server.kit.centre import centre_of
from central_server.kit.i18n import Language, Text, text
from central_server.kit.pages import LANGUAGE_FIELD

MAX_VALUE_CHARS: Final = 2000
CHECKED_FIELD: Final = "checked"
"""In a form that is shown with its errors: they are wanted again in another language."""
_Model = TypeVar("_Model", bound=BaseModel)


class FormModel(BaseModel):
    """Parent of forms: blanks around values do not count, unknown fields are ignored."""

    model_config = ConfigDict(str_strip_whitespace=True, extra="ignore", frozen=True)


@dataclass(frozen=True, slots=True)
class Form(Generic[_Model]):
    """A form as it came in. `typed` and `errors` go back to the page, `value` to the service."""

    typed: Mapping[str, str] = field(default_factory=dict[str, str])
    errors: Mapping[str, Text] = field(default_factory=dict[str, Text])
    value: _Model | None = None
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    """All values of each field, for boxes and lists."""

    def with_error(self, name: str, said: Text) -> "Form[_Model]":
        """The same form, not usable, with one more error."""
        return Form(self.typed, {**self.errors, name: said}, None, self.chosen)


async def read_form(request: Request, model: type[_Model]) -> Form[_Model]:
    """The posted form as a `model`, or with an error for each field that cannot be used.

    A field with a sequence type gets all its values. Validators raise what `refuse` makes. A form
    that is only to be shown in another language has no value: the page shows it again.
    """
    posted = await request.form()
    is_switch = switches_language(request, posted)
    chosen = {name: tuple(v for v in posted.getlist(name) if isinstance(v, str)) for name in posted}
    typed = {name: values[0] if values else "" for name, values in chosen.items()}
    if any(len(v) > MAX_VALUE_CHARS for values in chosen.values() for v in values):
        return Form(typed, {"": text("One of the fields is far too long.")}, None, chosen)
    raw: dict[str, Any] = {}
    for name, info in model.model_fields.items():
        values = chosen.get(name, ())
        if getattr(info.annotation, "__origin__", None) in {tuple, list, frozenset}:
            raw[name] = values
        elif values and values[0].strip():
            raw[name] = values[0]
    if is_switch and CHECKED_FIELD not in posted:
        return Form(typed, {}, None, chosen)
    try:
        value = model.model_validate(raw)
    except ValidationError as error:
        return Form(typed, _errors_of(error), None, chosen)
    return Form(typed, {}, None if is_switch else value, chosen)


def switches_language(request: Request, posted: Mapping[str, object]) -> bool:
    """Whether a form came only to be shown in another language, in which the answer then is."""
    wanted = posted.get(LANGUAGE_FIELD)
    if not isinstance(wanted, str) or wanted not in frozenset(Language):
        return False
    centre_of(request).pages.switch(request, Language(wanted))
    return True


def refuse(message: str, **values: object) -> PydanticCustomError:
    """An error to raise in a validator; `message` is collected like that of `text`."""
    return PydanticCustomError("said", "{message}", {"message": message, "values": values})


def _errors_of(error: ValidationError) -> dict[str, Text]:
    errors: dict[str, Text] = {}
    for detail in error.errors():
        name = str(detail["loc"][0]) if detail["loc"] else ""
        errors.setdefault(name, _said(detail))
    return errors


def _said(detail: ErrorDetails) -> Text:  # noqa: PLR0911 - one return a kind reads as a table
    context = detail.get("ctx", {})
    match detail["type"]:
        case "said":
            return Text(str(context["message"]), context["values"])
        case "missing":
            return text("Please fill this in.")
        case "string_too_short":
            return text("At least %(count)s characters, please.", count=context["min_length"])
        case "string_too_long":
            return text("At most %(count)s characters, please.", count=context["max_length"])
        case "int_parsing" | "int_type":
            return text("Please write a whole number.")
        case "greater_than_equal":
            return text("At least %(count)s, please.", count=context["ge"])
        case "less_than_equal":
            return text("At most %(count)s, please.", count=context["le"])
        case "enum" | "literal_error":
            return text("Please choose one of the list.")
        case _:
            return text("This cannot be used as it is written.")
