"""Words for cards."""

from access_core.model.credential import CredentialStatus
from central_server.card_issuing.texts import NOTATION_TEXTS, STATUS_TEXTS
from central_server.cards.card_numbers import Notation


def test_every_notation_and_status_has_its_words() -> None:
    """What can be read can be chosen."""
    assert set(NOTATION_TEXTS) == set(Notation)
    assert set(STATUS_TEXTS) == set(CredentialStatus)
