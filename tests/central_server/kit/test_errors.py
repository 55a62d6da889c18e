"""Refusals carry status, code and words."""

from central_server.kit.errors import Conflict, NotFound, NotSignedIn, TooMany
from central_server.kit.i18n import text


def test_a_refusal_says_itself_in_english_with_its_values() -> None:
    """The command line shows the words with their values."""
    assert str(Conflict(text("There is no gate %(gate)s.", gate="x"))) == "There is no gate x."


def test_each_has_its_status_and_code() -> None:
    """Statuses are those of HTTP."""
    assert (NotFound().status, NotFound().code) == (404, "not_found")
    assert NotSignedIn(text("x")).status == 401
    assert TooMany(7).retry_after_s == 7
