"""The decision engine: denial wins, errors deny, the way out stays free."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access_core.devices.events import Direction
from access_core.model.credential import CredentialStatus
from access_core.passes.pass_token import PassFlaw, PassType
from access_core.passes.signing import PassRefusal
from access_core.policy.decide import decide
from access_core.policy.reasons import ReasonCode
from access_core.policy.request import AccessRequest, Decision, Obligation, PassHistory, Verdict
from access_core.policy.rules import RULES, Rule
from tests.facts import ENTRY, EXIT, a_credential, a_request, shown
from tests.issuer import issue_visitor
from tests.strategies import access_requests

reasons = st.sampled_from(ReasonCode)


def denying(reason: ReasonCode, *, is_exit_rule: bool = False) -> Rule:
    """A rule that denies everybody."""
    return Rule(f"deny_{reason}", lambda _: reason, is_exit_rule=is_exit_rule)


def broken(error: Exception) -> Rule:
    """A rule that raises."""

    def check(_: AccessRequest) -> ReasonCode | None:
        raise error

    return Rule("broken", check)


def test_a_visitor_in_order_is_granted() -> None:
    """No reasons, no notes; the entry is to be spent by the passage."""
    assert decide(a_request()) == Decision(
        verdict=Verdict.GRANT,
        reasons=(),
        notes=(),
        obligations=frozenset({Obligation.SPEND_ENTRY}),
    )


def test_a_member_spends_nothing() -> None:
    """Staff and students come and go without a budget."""
    member = issue_visitor(2, type=PassType.MEMBER, uses=0)
    request = a_request(presented=shown(member), credential=a_credential(member.claims))
    assert decide(request) == Decision(verdict=Verdict.GRANT, reasons=())


def test_leaving_spends_nothing() -> None:
    """Only an entry is an entry."""
    decision = decide(a_request(access_point=EXIT))
    assert decision.is_granted
    assert decision.obligations == frozenset()


def test_all_reasons_come_in_the_order_of_the_rules() -> None:
    """Everything wrong is said, the deciding reason first."""
    request = a_request(
        credential=a_credential(status=CredentialStatus.REVOKED, is_holder_blocked=True),
        schedules=(),
        history=PassHistory(entries_taken=1, highest_step=9),
        is_read_fresh=False,
        is_snapshot_stale=True,
    )
    decision = decide(request)
    assert decision.verdict is Verdict.DENY
    assert decision.reasons == (
        ReasonCode.CREDENTIAL_READ_LATE,
        ReasonCode.HOLDER_BLOCKED,
        ReasonCode.CREDENTIAL_REVOKED,
        ReasonCode.SNAPSHOT_TOO_OLD,
        ReasonCode.UNAUTHORIZED,
        ReasonCode.PASS_REPLAYED,
        ReasonCode.ENTRIES_SPENT,
    )
    assert decision.obligations == {Obligation.ALERT_GUARD}


def test_the_same_facts_on_the_way_out_are_notes() -> None:
    """None of today's rules bars a way out; what they would have said is kept."""
    request = a_request(
        access_point=EXIT,
        credential=a_credential(status=CredentialStatus.REVOKED, is_holder_blocked=True),
        history=PassHistory(entries_taken=1),
    )
    decision = decide(request)
    assert decision.is_granted
    assert decision.reasons == ()
    assert decision.notes == (ReasonCode.HOLDER_BLOCKED, ReasonCode.CREDENTIAL_REVOKED)
    assert decision.obligations == {Obligation.ALERT_GUARD}


def test_a_forgery_alerts_the_guard() -> None:
    """A forged pass is refused and reported; a badly read one is only refused."""
    forged = decide(a_request(presented=PassRefusal(PassFlaw.BAD_SIGNATURE), credential=None))
    badly_read = decide(a_request(presented=PassRefusal(PassFlaw.BAD_BASE45), credential=None))
    assert forged.reasons == (ReasonCode.PASS_FORGED,)
    assert forged.obligations == {Obligation.ALERT_GUARD}
    assert badly_read.reasons == (ReasonCode.PASS_MALFORMED,)
    assert badly_read.obligations == frozenset()


@pytest.mark.parametrize(
    "error", [ValueError("x"), KeyError("x"), ZeroDivisionError(), RecursionError()], ids=repr
)
def test_a_rule_that_raises_denies(error: Exception) -> None:
    """A broken rule never lets anybody in, and the other rules are still asked."""
    decision = decide(a_request(), [broken(error), denying(ReasonCode.GATE_BUSY)])
    assert decision.reasons == (ReasonCode.RULE_ERROR, ReasonCode.GATE_BUSY)


def test_a_rule_that_raises_does_not_lock_anybody_in() -> None:
    """On the way out a broken rule is a note, unless it is an exit rule."""
    assert decide(a_request(access_point=EXIT), [broken(ValueError())]).is_granted
    exit_rule = Rule("broken", broken(ValueError()).check, is_exit_rule=True)
    assert decide(a_request(access_point=EXIT), [exit_rule]).reasons == (ReasonCode.RULE_ERROR,)


def test_an_exit_rule_bars_the_way_out_but_not_in_an_emergency() -> None:
    """Fire frees every exit, whatever any rule says."""
    rules = [denying(ReasonCode.UNAUTHORIZED, is_exit_rule=True)]
    assert not decide(a_request(access_point=EXIT), rules).is_granted
    emergency = decide(a_request(access_point=EXIT, is_emergency=True), rules)
    assert emergency.is_granted
    assert emergency.notes == (ReasonCode.UNAUTHORIZED,)


def test_an_emergency_does_not_open_the_way_in() -> None:
    """A fire alarm is no entry permit."""
    assert not decide(a_request(is_emergency=True, schedules=())).is_granted


@given(access_requests(), st.lists(reasons.map(denying), max_size=3), st.data())
def test_a_further_denial_never_turns_a_refusal_into_a_grant(
    request: AccessRequest, more: list[Rule], data: st.DataObject
) -> None:
    """Adding rules, wherever in the order, can only take grants away."""
    rules = list(RULES)
    for rule in more:
        rules.insert(data.draw(st.integers(0, len(rules))), rule)
    before, after = decide(request), decide(request, rules)
    assert before.is_granted or not after.is_granted
    assert set(before.reasons) <= set(after.reasons)


@given(access_requests(), st.permutations(RULES))
def test_the_order_of_rules_changes_the_order_of_reasons_only(
    request: AccessRequest, rules: list[Rule]
) -> None:
    """The verdict and the set of reasons do not depend on the order."""
    one, other = decide(request), decide(request, rules)
    assert one.verdict is other.verdict
    assert sorted(one.reasons) == sorted(other.reasons)
    assert one.obligations == other.obligations


@given(access_requests())
def test_every_exit_is_free_and_every_refusal_has_a_reason(request: AccessRequest) -> None:
    """Over any facts: no exit denied, a denial says why, a grant has no reason."""
    decision = decide(request)
    assert decision.is_granted or request.access_point.direction is Direction.ENTRY
    assert decision.is_granted == (not decision.reasons)
    assert ReasonCode.RULE_ERROR not in (*decision.reasons, *decision.notes)
    assert decision == decide(request)


@given(access_requests())
def test_only_a_believed_pass_opens_an_entry(request: AccessRequest) -> None:
    """Whatever else is so, what is not a pass never gets in."""
    decision = decide(request)
    if decision.is_granted and request.access_point.direction is Direction.ENTRY:
        assert not isinstance(request.presented, PassRefusal)


@given(access_requests())
def test_these_facts_alone_are_enough_to_refuse_an_entry(request: AccessRequest) -> None:
    """A late read, a blocked holder, no schedule here: each refuses, whatever else is good."""
    is_blocked = request.credential is not None and request.credential.is_holder_blocked
    is_enough = not request.is_read_fresh or is_blocked or not request.schedules
    if request.access_point.direction is Direction.ENTRY and is_enough:
        assert not decide(request).is_granted


def test_the_engine_has_no_opinion_of_its_own() -> None:
    """An empty table of rules denies nobody: every denial comes from a rule."""
    assert decide(a_request(access_point=ENTRY, schedules=()), ()).is_granted
