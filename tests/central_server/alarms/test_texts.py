"""Words for alarms."""

from central_server.alarms.rules import AlarmKind, AlarmState
from central_server.alarms.texts import ADVICE, KIND_TEXTS, SIGNS, STATE_TEXTS


def test_every_kind_and_state_has_its_words() -> None:
    """Also what to do first, and the sign beside it."""
    assert set(KIND_TEXTS) == set(ADVICE) == set(AlarmKind)
    assert set(STATE_TEXTS) == set(SIGNS) == set(AlarmState)
