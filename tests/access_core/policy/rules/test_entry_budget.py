"""So many entries and no more."""

import pytest

from access_core.passes.pass_token import PassFlaw
from access_core.passes.signing import PassRefusal
from access_core.policy.reasons import ReasonCode
from access_core.policy.request import PassHistory
from access_core.policy.rules.entry_budget import check
from tests.facts import EXIT, a_request, shown
from tests.issuer import issue_visitor


@pytest.mark.parametrize(
    ("uses", "taken", "reason"),
    [
        (1, 0, None),
        (1, 1, ReasonCode.ENTRIES_SPENT),
        (3, 2, None),
        (3, 3, ReasonCode.ENTRIES_SPENT),
        (3, 9, ReasonCode.ENTRIES_SPENT),
        (0, 1000, None),
    ],
)
def test_entries_are_counted_against_the_pass(
    uses: int, taken: int, reason: ReasonCode | None
) -> None:
    """0 uses is no limit."""
    request = a_request(
        presented=shown(issue_visitor(1, uses=uses)), history=PassHistory(entries_taken=taken)
    )
    assert check(request) is reason


def test_leaving_is_not_counted() -> None:
    """Whoever is inside may leave."""
    assert check(a_request(access_point=EXIT, history=PassHistory(entries_taken=1))) is None


def test_what_is_no_pass_is_left_to_the_rule_for_that() -> None:
    """One cause, one reason."""
    assert check(a_request(presented=PassRefusal(PassFlaw.TOO_LONG))) is None
