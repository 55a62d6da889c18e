"""Words for what happened."""

from access_core.devices.events import Direction
from access_core.model.access_event import AccessEventKind
from access_core.policy.reasons import ReasonCode
from central_server.access_log.texts import (
    BAD_KINDS,
    DIRECTION_TEXTS,
    GOOD_KINDS,
    KIND_TEXTS,
    reason_words,
    state_of,
)
from central_server.language import Language


def test_everything_that_can_happen_has_words() -> None:
    """Every kind, direction and reason, in both languages."""
    assert set(KIND_TEXTS) == set(AccessEventKind)
    assert set(DIRECTION_TEXTS) == set(Direction)
    for reason in ReasonCode:
        assert reason_words(reason, Language.ZH) != reason_words(reason, Language.EN)


def test_no_kind_is_both_good_and_bad() -> None:
    """The sign beside a kind is one of three."""
    assert not BAD_KINDS & GOOD_KINDS
    assert {state_of(kind) for kind in AccessEventKind} == {"good", "bad", "idle"}
