"""A text is a pass only if the issuer signed it, and a rotating pass only if its chain holds."""

from access_core.passes.card import CardRead
from access_core.passes.pass_token import FORGERIES
from access_core.passes.rotation import Reveal, leads_to
from access_core.passes.signing import PassRefusal, VerifiedPass
from access_core.policy.reasons import ReasonCode
from access_core.policy.request import AccessRequest


def check(request: AccessRequest) -> ReasonCode | None:
    """Deny what is not a pass, what is forged, and a revealed value not of this pass."""
    presented = request.presented
    if isinstance(presented, PassRefusal):
        return ReasonCode.PASS_FORGED if presented.flaw in FORGERIES else ReasonCode.PASS_MALFORMED
    if isinstance(presented, CardRead):
        return None
    return None if _is_chain_sound(presented, request) else ReasonCode.PASS_FORGED


def _is_chain_sound(presented: VerifiedPass, request: AccessRequest) -> bool:
    claims, reveal = presented.claims, presented.reveal
    if claims.anchor is None or reveal is None:
        return claims.anchor is None and reveal is None
    known = request.history.verified
    if known is None or reveal.step < known.step:
        known = Reveal(0, claims.anchor)
    return leads_to(claims.pass_id, reveal, known)
