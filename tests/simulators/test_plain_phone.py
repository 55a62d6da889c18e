"""A phone without a browser: its codes are real ones."""

import random

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from access_core.ids import KeyId, PassId
from access_core.passes.pass_token import PassClaims, PassFlaw, PassType
from access_core.passes.rotation import Reveal, leads_to, make_chain
from access_core.passes.signing import PassRefusal, VerifiedPass, sign, verify
from simulators.plain_phone import PhonePass, booking, forged, gate_of, until_of
from simulators.scenario import Visitor
from simulators.web_person import PageProblem, read_page

KID = KeyId(b"\x00\x01")
KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
PUBLIC = {KID: KEY.public_key()}
PASS_ID = PassId(b"12345678")
CHAIN = make_chain(PASS_ID, bytes(16), 40)
CLAIMS = PassClaims(
    pass_id=PASS_ID,
    not_before_s=1_800_000_000,
    validity_min=10,
    type=PassType.VISITOR,
    zones=1,
    uses=1,
    anchor=CHAIN[0],
)
PHONE_PASS = PhonePass(sign(CLAIMS, KID, KEY), CHAIN, CLAIMS.not_before_s)


@pytest.mark.parametrize(("after_s", "step"), [(0, 1), (14, 1), (15, 2), (-99, 1), (9_999, 40)])
def test_the_code_of_a_moment_is_signed_and_of_its_step(after_s: int, step: int) -> None:
    """Every 15 s another link of the chain; the nearest one outside the pass's time."""
    text = PHONE_PASS.text_at(CLAIMS.not_before_s + after_s)
    shown = verify(text.encode(), PUBLIC)
    assert isinstance(shown, VerifiedPass)
    assert shown.reveal is not None
    assert shown.reveal.step == step
    assert leads_to(PASS_ID, shown.reveal, Reveal(0, CHAIN[0]))


def test_a_forged_code_differs_in_its_signature_only() -> None:
    """The claims are the real ones; only the key is not."""
    text = forged(PHONE_PASS.text_at(CLAIMS.not_before_s), random.Random(1))
    assert verify(text.encode(), PUBLIC) == PassRefusal(PassFlaw.BAD_SIGNATURE)


def test_what_is_no_pass_cannot_be_forged() -> None:
    """A text that never was a pass is a mistake of the scenario."""
    with pytest.raises(PageProblem, match="not a pass"):
        forged("HELLO", random.Random(1))


def test_a_booking_fills_in_what_the_form_asks_for() -> None:
    """Gate, end of the visit and consent follow from the visitor and from the page."""
    page = read_page(
        "http://x/visit",
        200,
        '<form action="/visit"><input name="from" value="23:30">'
        '<input type="checkbox" name="consent" value="v9"></form>',
    )
    visitor = Visitor(name="w", area="north", stay_min=60)
    typed = booking(page, visitor, "王明", "李接待", random.Random(1))
    assert (typed["gate"], typed["until"], typed["consent"]) == ("north-gate", "00:30", "v9")
    bare = read_page(
        "http://x/visit", 200, '<form action="/visit"><input name="from" value="1:00">'
    )
    with pytest.raises(PageProblem, match="consent"):
        booking(bare, visitor, "王明", "李接待", random.Random(1))


def test_areas_have_gates_and_stays_have_ends() -> None:
    """The simulated gate leads into `main`."""
    assert gate_of(Visitor(name="w")) == "main-gate"
    assert until_of(Visitor(name="w", stay_min=15), "09:50") == "10:05"
