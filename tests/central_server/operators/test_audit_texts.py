"""Words for what was done."""

from central_server.kit.audit import Action
from central_server.operators.audit_texts import ACTION_TEXTS


def test_every_deed_has_words() -> None:
    """The audit shows no code."""
    assert set(ACTION_TEXTS) == set(Action)
