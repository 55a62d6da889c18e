"""What a gate hears beside its devices."""

from edge_agent.gate.events import PassLookedUp
from tests.facts import VISITOR


def test_a_pass_never_seen_has_no_history() -> None:
    """By default nothing is used up and no step was accepted."""
    seen = PassLookedUp(pass_id=VISITOR.claims.pass_id, credential=None)
    assert (seen.entries_taken, seen.highest_step) == (0, None)
