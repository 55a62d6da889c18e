"""What the centre refuses, with its HTTP status and words for the person who asked.

Raised by services, answered at the request edge (`kit/error_pages.py`): a page for people, JSON
`{"error": code, "detail": text}` for machines.
"""

from typing import ClassVar

from access_core.errors import AccessControlError
from central_server.kit.i18n import Text, text


class Refusal(AccessControlError):
    """Parent of all; `status` and `code` belong to the class, `text` says what to do."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "bad_request"

    def __init__(self, said: Text) -> None:
        """`said` is shown to the person; it holds no secret and no personal data."""
        super().__init__(said.message % said.values if said.values else said.message)
        self.text = said


class Invalid(Refusal):
    """What was sent cannot be used."""


class NotSignedIn(Refusal):
    """Nobody is signed in, or the session is over."""

    status = 401
    code = "not_signed_in"


class NotPermitted(Refusal):
    """Signed in, but without the permission; or a form that was not ours."""

    status = 403
    code = "not_permitted"


class NotFound(Refusal):
    """There is no such thing, or the asker may not know of it."""

    status = 404
    code = "not_found"

    def __init__(self, said: Text | None = None) -> None:
        """Says no more than that nothing is there, unless told otherwise."""
        super().__init__(said or text("There is nothing at this address."))


class Conflict(Refusal):
    """The state does not allow it any more."""

    status = 409
    code = "conflict"


class TooLarge(Refusal):
    """The body is over its limit."""

    status = 413
    code = "too_large"


class TooMany(Refusal):
    """Too often from one source; try again after `retry_after_s`."""

    status = 429
    code = "too_many"

    def __init__(self, retry_after_s: int) -> None:
        """`retry_after_s`: whole seconds, at least 1."""
        super().__init__(
            text("Too many attempts. Please try again in %(seconds)s s.", seconds=retry_after_s)
        )
        self.retry_after_s = retry_after_s
