"""Sign and verify passes; the only user of the crypto library for passes.

Ed25519 (RFC 8032) over the COSE Sig_structure (RFC 9052, 4.4). The algorithm follows from the
key, never from the pass.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from access_core.ids import KeyId, PassId
from access_core.passes.pass_token import (
    PassClaims,
    PassFlaw,
    encode_claims,
    encode_protected,
    encode_signed,
    parse,
)
from access_core.passes.rotation import Reveal
from access_core.passes.strict_cbor import byte_string

_CONTEXT: Final = b"\x84\x6aSignature1"
"""An array of four and its first item; RFC 9052, 4.4."""
_NO_EXTERNAL_DATA: Final = byte_string(b"")


@dataclass(frozen=True, slots=True)
class VerifiedPass:
    """Claims that the issuer signed, and what the pass showed beside them (not yet checked)."""

    claims: PassClaims
    reveal: Reveal | None

    @property
    def pass_id(self) -> PassId:
        """Of the claims."""
        return self.claims.pass_id


@dataclass(frozen=True, slots=True)
class PassRefusal:
    """A text that is no pass of ours, and the first thing wrong with it."""

    flaw: PassFlaw


def sign(claims: PassClaims, kid: KeyId, key: Ed25519PrivateKey) -> bytes:
    """Item 1 of the pass: the signed part, to which the phone adds what it reveals."""
    protected, payload = encode_protected(kid), encode_claims(claims)
    return encode_signed(protected, payload, key.sign(_to_be_signed(protected, payload)))


def verify(text: bytes, keys: Mapping[KeyId, Ed25519PublicKey]) -> VerifiedPass | PassRefusal:
    """Read `text` and check its signature against `keys`; never raises on any input.

    Says nothing about time, place, rotation or revocation: that is the policy's work.
    """
    signed = parse(text)
    if isinstance(signed, PassFlaw):
        return PassRefusal(signed)
    key = keys.get(signed.kid)
    if key is None:
        return PassRefusal(PassFlaw.UNKNOWN_KEY)
    try:
        key.verify(signed.signature, _to_be_signed(signed.protected, signed.payload))
    except InvalidSignature:
        return PassRefusal(PassFlaw.BAD_SIGNATURE)
    return VerifiedPass(signed.claims, signed.reveal)


def _to_be_signed(protected: bytes, payload: bytes) -> bytes:
    return _CONTEXT + byte_string(protected) + _NO_EXTERNAL_DATA + byte_string(payload)
