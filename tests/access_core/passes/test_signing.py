"""Signatures of passes, with python-cwt as an outside witness."""

import json
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import cbor2
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cwt import COSE, COSEKey
from hypothesis import given
from hypothesis import strategies as st

from access_core.ids import KeyId, PassId
from access_core.passes.pass_token import (
    PassClaims,
    PassFlaw,
    PassType,
    SignedPass,
    encode_claims,
    encode_protected,
    encode_signed,
    parse,
    render,
)
from access_core.passes.rotation import Reveal
from access_core.passes.signing import PassRefusal, VerifiedPass, sign, verify
from tests.bit_flips import count_flips
from tests.issuer import KEY, KEYS, KID, OTHER_KEY, issue_printed, issue_visitor
from tests.strategies import pass_claims

GOLDEN = Path(__file__).parents[2] / "golden" / "cp1.json"
_TAG_COSE_SIGN1 = 18
"""RFC 9052, 2. Our passes leave it out; cwt wants it."""


def cwt_key(key: Ed25519PrivateKey, *, private: bool) -> Any:  # noqa: ANN401 - cwt has its own interface
    """The same key as python-cwt holds it."""
    pem = (
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        if private
        else key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    )
    return COSEKey.from_pem(pem, kid=KID, alg="EdDSA")


@given(pass_claims(), st.integers(1, 0xFFFF), st.binary(min_size=16, max_size=16))
def test_what_was_signed_is_verified(claims: PassClaims, step: int, value: bytes) -> None:
    """Claims and reveal come back; the reveal is not judged here."""
    reveal = Reveal(step, value) if claims.anchor is not None else None
    text = render(sign(claims, KID, KEY), reveal).encode()
    assert verify(text, KEYS) == VerifiedPass(claims, reveal)


@given(pass_claims())
def test_cwt_verifies_what_we_sign(claims: PassClaims) -> None:
    """An independent COSE library believes our signature and reads the same payload."""
    signed = cbor2.dumps(cbor2.CBORTag(_TAG_COSE_SIGN1, cbor2.loads(sign(claims, KID, KEY))))
    assert COSE.new().decode(signed, cwt_key(KEY, private=False)) == encode_claims(claims)


@given(pass_claims())
def test_we_verify_what_cwt_signs(claims: PassClaims) -> None:
    """A pass that an independent COSE library signed is a good pass here, byte for byte."""
    tagged = COSE.new().encode_and_sign(
        encode_claims(claims), cwt_key(KEY, private=True), protected={1: -8, 4: KID}
    )
    signed = cbor2.dumps(cbor2.loads(tagged).value)
    assert signed == sign(claims, KID, KEY)
    reveal = Reveal(1, bytes(16)) if claims.anchor is not None else None
    assert isinstance(verify(render(signed, reveal).encode(), KEYS), VerifiedPass)


def test_an_unknown_key_id_is_refused() -> None:
    """The key id picks the key; other keys are never tried."""
    issued = issue_visitor(1)
    known = {KeyId(b"\x00\x02"): KEY.public_key()}
    assert verify(issued.text(), known) == PassRefusal(PassFlaw.UNKNOWN_KEY)
    assert verify(issued.text(), {}) == PassRefusal(PassFlaw.UNKNOWN_KEY)


def test_a_known_key_id_with_another_key_is_refused() -> None:
    """Whoever names our key but signs with their own is found out."""
    text = render(sign(issue_printed(1).claims, KID, OTHER_KEY), None).encode()
    assert verify(text, KEYS) == PassRefusal(PassFlaw.BAD_SIGNATURE)


def test_a_signature_over_other_claims_is_refused() -> None:
    """A good signature cannot be moved to another pass."""
    signed = parse(issue_printed(1).text())
    assert isinstance(signed, SignedPass)
    other = encode_claims(issue_printed(2).claims)
    text = render(encode_signed(signed.protected, other, signed.signature), None).encode()
    assert verify(text, KEYS) == PassRefusal(PassFlaw.BAD_SIGNATURE)


def test_another_algorithm_is_refused_before_any_key_is_looked_up() -> None:
    """The token cannot choose how it is checked."""
    protected = cbor2.dumps({1: -7, 4: KID})
    payload = encode_claims(issue_printed(1).claims)
    text = render(encode_signed(protected, payload, bytes(64)), None).encode()
    assert verify(text, KEYS) == PassRefusal(PassFlaw.WRONG_ALGORITHM)


def test_a_signature_for_another_purpose_is_refused() -> None:
    """The bare payload, signed with our key, is not a pass: the Sig_structure is."""
    payload = encode_claims(issue_printed(1).claims)
    text = render(encode_signed(encode_protected(KID), payload, KEY.sign(payload)), None).encode()
    assert verify(text, KEYS) == PassRefusal(PassFlaw.BAD_SIGNATURE)


def test_a_text_that_is_no_pass_is_refused_with_its_flaw() -> None:
    """What reading found is passed on."""
    assert verify(b"hello", KEYS) == PassRefusal(PassFlaw.NOT_ALPHANUMERIC)


@given(st.binary(max_size=420))
def test_verifying_takes_any_bytes(text: bytes) -> None:
    """Never raises and never believes noise."""
    assert isinstance(verify(text, KEYS), PassRefusal)


def test_stored_passes_are_read_and_made_the_same() -> None:
    """The texts of this version, stored with their keys, stay good for ever."""
    for case in json.loads(GOLDEN.read_text()):
        key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(case["private_key"]))
        kid = KeyId(bytes.fromhex(case["kid"]))
        anchor = case["anchor"] and bytes.fromhex(case["anchor"])
        claims = PassClaims(
            pass_id=PassId(bytes.fromhex(case["pass_id"])),
            not_before_s=case["not_before_s"],
            validity_min=case["validity_min"],
            type=PassType(case["type"]),
            zones=case["zones"],
            uses=case["uses"],
            anchor=anchor,
        )
        reveal = Reveal(case["step"], bytes.fromhex(case["reveal"])) if anchor else None
        assert verify(case["text"].encode(), {kid: key.public_key()}) == VerifiedPass(
            claims, reveal
        )
        assert render(sign(claims, kid, key), reveal) == case["text"]


def test_no_bit_of_a_few_passes_can_be_changed() -> None:
    """Every single-bit change of 4 passes is refused, of their bytes and of their text."""
    tried, believed = count_flips(range(4))
    assert tried > 4 * 8 * (104 + 160)
    assert believed == 0


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_no_bit_of_a_thousand_passes_can_be_changed() -> None:
    """Every single-bit change of 1,000 passes is refused, of their bytes and of their text."""
    chunks = [range(start, start + 25) for start in range(0, 1000, 25)]
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as workers:
        counts = list(workers.map(count_flips, chunks))
    assert sum(tried for tried, _ in counts) > 1000 * 8 * (104 + 160)
    assert sum(believed for _, believed in counts) == 0
