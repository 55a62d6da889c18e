"""Forms of operators."""

import pytest
from pydantic import ValidationError

from central_server.kit.permissions import Role
from central_server.operators.schemas import FirstOperatorForm, NewOperatorForm


def test_login_names_are_small_letters_however_they_are_typed() -> None:
    """Two spellings are one person."""
    form = NewOperatorForm(login_name=" Mei.Han@x ", full_name="x", roles=(Role.HOST,))
    assert form.login_name == "mei.han@x"


@pytest.mark.parametrize(
    "change", [{"password": "short"}, {"login_name": "a b"}, {"full_name": ""}]
)
def test_weak_or_empty_fields_are_refused(change: dict[str, str]) -> None:
    """Ten characters at least, and a name."""
    with pytest.raises(ValidationError):
        FirstOperatorForm(**{"login_name": "ab", "full_name": "x", "password": "x" * 10} | change)
