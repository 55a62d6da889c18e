"""The one decision engine, called by the gate and by the centre.

Every rule is asked. Any denial denies, with all reasons in the order of the rules; a rule that
raises denies with RULE_ERROR. The way out stays free: on an exit a rule's denial counts only if
the rule is named an exit rule, else it becomes a note. An emergency frees every exit whatever
the rules say.
"""

from collections.abc import Sequence

from access_core.devices.events import Direction
from access_core.passes.pass_token import PassType
from access_core.passes.signing import VerifiedPass
from access_core.policy.reasons import ReasonCode
from access_core.policy.request import AccessRequest, Decision, Obligation, Verdict
from access_core.policy.rules import RULES, Rule

_ALERTS = frozenset({ReasonCode.PASS_FORGED, ReasonCode.HOLDER_BLOCKED})


def decide(request: AccessRequest, rules: Sequence[Rule] = RULES) -> Decision:
    """The decision for `request`. Never raises; the same facts always give the same answer."""
    is_exit = request.access_point.direction is Direction.EXIT
    reasons: list[ReasonCode] = []
    notes: list[ReasonCode] = []
    for rule in rules:
        reason = _ask(rule, request)
        if reason is None:
            continue
        binds = not is_exit or (rule.is_exit_rule and not request.is_emergency)
        (reasons if binds else notes).append(reason)
    return Decision(
        verdict=Verdict.DENY if reasons else Verdict.GRANT,
        reasons=tuple(reasons),
        notes=tuple(notes),
        obligations=_obligations(request, reasons, notes),
    )


def _ask(rule: Rule, request: AccessRequest) -> ReasonCode | None:
    try:
        return rule.check(request)
    except Exception:  # noqa: BLE001 - the rule loop: a broken rule denies, it never lets in
        return ReasonCode.RULE_ERROR


def _obligations(
    request: AccessRequest, reasons: list[ReasonCode], notes: list[ReasonCode]
) -> frozenset[Obligation]:
    found: set[Obligation] = set()
    if _ALERTS & {*reasons, *notes}:
        found.add(Obligation.ALERT_GUARD)
    if not reasons and request.access_point.direction is Direction.ENTRY:
        presented = request.presented
        if isinstance(presented, VerifiedPass) and presented.claims.type is not PassType.MEMBER:
            found.add(Obligation.SPEND_ENTRY)
    return frozenset(found)
