"""What a visit knows of itself."""

from central_server.visits.rules import VisitState
from tests.central_server.visits.samples import BEGINS_S, a_visit


def test_a_visit_names_itself_by_number() -> None:
    """What passes and the audit call it holds nothing personal."""
    assert a_visit(visit_id=7).subject == "visit:7"


def test_everybody_on_the_booking_may_enter_once() -> None:
    """Entries are the visitor and the companions."""
    assert a_visit(companions=3).entries == 4


def test_time_overtakes_the_stored_state() -> None:
    """Unanswered, a visit has lapsed from the last moment on."""
    assert a_visit().state_at(BEGINS_S + 3599) is VisitState.WAITING
    assert a_visit().state_at(BEGINS_S + 3600) is VisitState.LAPSED
    assert a_visit().window.stay_min == 120
