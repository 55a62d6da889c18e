"""Every purpose, state and flaw has words."""

import pytest

from central_server.kit.i18n import load_catalogues
from central_server.language import Language
from central_server.visits.rules import FieldFlaw, Flaw, Purpose, VisitState
from central_server.visits.texts import PURPOSES, STATES, say_flaw


def test_every_purpose_and_state_has_words() -> None:
    """A new one without words fails here, not on a page."""
    assert PURPOSES.keys() == set(Purpose)
    assert STATES.keys() == set(VisitState)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("flaw", Flaw)
def test_every_flaw_can_be_said(language: Language, flaw: Flaw) -> None:
    """With its limit filled in, in both languages."""
    words = load_catalogues()[language].say(say_flaw(FieldFlaw("name", flaw, 42)))
    assert words
    assert "%(" not in words
    if language is Language.ZH:
        assert any("\u4e00" <= character <= "\u9fff" for character in words)
