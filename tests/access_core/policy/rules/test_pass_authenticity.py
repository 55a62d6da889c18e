"""A pass only if it was signed, a rotating one only if its chain holds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access_core.passes.card import CardRead
from access_core.passes.pass_token import FORGERIES, PassFlaw
from access_core.passes.rotation import Reveal
from access_core.passes.signing import PassRefusal, VerifiedPass
from access_core.policy.reasons import ReasonCode
from access_core.policy.request import PassHistory
from access_core.policy.rules.pass_authenticity import check
from tests.facts import VISITOR, a_request, shown
from tests.issuer import issue_printed, issue_visitor


@pytest.mark.parametrize("flaw", PassFlaw)
def test_every_flaw_is_a_forgery_or_a_bad_read(flaw: PassFlaw) -> None:
    """The guard is alarmed by what somebody made, not by what a camera missed."""
    expected = ReasonCode.PASS_FORGED if flaw in FORGERIES else ReasonCode.PASS_MALFORMED
    assert check(a_request(presented=PassRefusal(flaw))) is expected


def test_a_static_pass_needs_no_chain() -> None:
    """A printed pass is believed on its signature."""
    assert check(a_request(presented=shown(issue_printed()))) is None


def test_a_chain_where_none_belongs_is_forged() -> None:
    """Neither a static pass with a reveal nor a rotating one without."""
    with_reveal = VerifiedPass(issue_printed().claims, VISITOR.reveal(1))
    without = VerifiedPass(VISITOR.claims, None)
    assert check(a_request(presented=with_reveal)) is ReasonCode.PASS_FORGED
    assert check(a_request(presented=without)) is ReasonCode.PASS_FORGED


def test_what_another_pass_reveals_is_forged() -> None:
    """A signed part copied from one phone with the code of another."""
    presented = VerifiedPass(VISITOR.claims, issue_visitor(2).reveal(9))
    assert check(a_request(presented=presented)) is ReasonCode.PASS_FORGED


@given(step=st.integers(1, 200), known=st.none() | st.integers(1, 200), is_right=st.booleans())
def test_what_the_gate_remembers_never_changes_the_answer(
    step: int, known: int | None, is_right: bool
) -> None:
    """A remembered step is a shortcut, before or after the one shown."""
    value = VISITOR.chain[step] if is_right else bytes(16)
    history = PassHistory(verified=None if known is None else VISITOR.reveal(known))
    request = a_request(
        presented=VerifiedPass(VISITOR.claims, Reveal(step, value)), history=history
    )
    assert check(request) is (None if is_right else ReasonCode.PASS_FORGED)


def test_a_card_has_nothing_to_be_forged() -> None:
    """A number proves nothing, so there is nothing to check here."""
    assert check(a_request(presented=CardRead(VISITOR.claims.pass_id))) is None
