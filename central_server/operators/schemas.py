"""Forms of operators."""

from typing import Annotated

from pydantic import AfterValidator, Field

from central_server.kit.forms import FormModel, refuse
from central_server.kit.passwords import MAX_LENGTH, MIN_LENGTH
from central_server.kit.permissions import Role

_LOGIN_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789._-@")


def _login_name(typed: str) -> str:
    lowered = typed.lower()
    if not set(lowered) <= _LOGIN_CHARACTERS:
        raise refuse("Use letters, digits and . _ - @ only.")
    return lowered


LoginName = Annotated[str, Field(min_length=2, max_length=64), AfterValidator(_login_name)]
FullName = Annotated[str, Field(min_length=1, max_length=60)]
NewPassword = Annotated[str, Field(min_length=MIN_LENGTH, max_length=MAX_LENGTH)]


class SignInForm(FormModel):
    """Name and password."""

    login_name: str = Field(max_length=64)
    password: str = Field(max_length=MAX_LENGTH)
    next: str = Field(default="/", max_length=500)


class FirstOperatorForm(FormModel):
    """The first administrator introduces themselves."""

    login_name: LoginName
    full_name: FullName
    password: NewPassword


class PasswordForm(FormModel):
    """A new password."""

    password: NewPassword


class NewOperatorForm(FormModel):
    """Somebody gets an account."""

    login_name: LoginName
    full_name: FullName
    department: str = Field(default="", max_length=80)
    roles: tuple[Role, ...] = Field(min_length=1)


class ChangeOperatorForm(FormModel):
    """Roles, and whether the account may be used."""

    roles: tuple[Role, ...] = ()
    is_enabled: bool = False
