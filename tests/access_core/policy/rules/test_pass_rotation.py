"""A rotating code is good in its own short window and once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access_core.clock import Instant
from access_core.passes.pass_token import PassFlaw
from access_core.passes.rotation import STEP_S, step_at
from access_core.passes.signing import PassRefusal
from access_core.policy.reasons import ReasonCode
from access_core.policy.request import PassHistory
from access_core.policy.rules.pass_rotation import check
from tests.facts import STEP, VISITOR, a_request, shown
from tests.issuer import NOT_BEFORE_S, issue_printed


@pytest.mark.parametrize(
    ("behind", "reason"),
    [
        (3, ReasonCode.PASS_STALE),
        (2, None),
        (1, None),
        (0, None),
        (-1, None),
        (-2, ReasonCode.PASS_AHEAD),
    ],
)
def test_the_window_is_two_steps_back_and_one_ahead(behind: int, reason: ReasonCode | None) -> None:
    """30 s late, 15 s early, and not a step more."""
    assert check(a_request(presented=shown(step=STEP - behind))) is reason


@given(st.integers(1, 200), st.integers(-100, 4000))
def test_the_window_in_seconds(step: int, after_s: int) -> None:
    """A code is good from 15 s before its 15 s begin until 30 s after they end."""
    shown_from_s = (step - 1) * STEP_S
    at = Instant(mono_ns=0, wall_ms=(NOT_BEFORE_S + after_s) * 1000)
    is_good = check(a_request(at=at, presented=shown(step=step))) is None
    assert is_good == (shown_from_s - 15 <= after_s < shown_from_s + 15 + 30)
    assert is_good == (-2 <= step - step_at(0, after_s) <= 1)


@pytest.mark.parametrize(
    ("highest", "reason"),
    [
        (None, None),
        (STEP - 1, None),
        (STEP, ReasonCode.PASS_REPLAYED),
        (STEP + 1, ReasonCode.PASS_REPLAYED),
    ],
)
def test_a_code_is_good_once(highest: int | None, reason: ReasonCode | None) -> None:
    """This code, or a later one, has been used here already."""
    assert check(a_request(history=PassHistory(highest_step=highest))) is reason


def test_a_replayed_old_code_is_called_replayed() -> None:
    """What was used here is known to be used, however old it is by now."""
    request = a_request(presented=shown(step=1), history=PassHistory(highest_step=1))
    assert check(request) is ReasonCode.PASS_REPLAYED


def test_a_static_pass_has_no_window() -> None:
    """Nothing rotates, nothing is asked."""
    assert check(a_request(presented=shown(issue_printed()))) is None


def test_what_is_no_pass_is_left_to_the_rule_for_that() -> None:
    """One cause, one reason."""
    assert check(a_request(presented=PassRefusal(PassFlaw.TOO_LONG))) is None


def test_the_issued_pass_begins_with_step_1() -> None:
    """At the first second of validity the page shows step 1."""
    assert step_at(VISITOR.claims.not_before_s, NOT_BEFORE_S) == 1
