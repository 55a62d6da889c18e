"""A pass issuer with known keys, for every test that needs signed passes."""

from dataclasses import dataclass
from random import Random
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from access_core.ids import KeyId, PassId
from access_core.passes.pass_token import PassClaims, PassType, render
from access_core.passes.rotation import STEP_S, Reveal, make_chain
from access_core.passes.signing import sign

KID: Final = KeyId(b"\x00\x01")
KEY: Final = Ed25519PrivateKey.from_private_bytes(
    bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
)
"""RFC 8032 7.1, TEST 1: a key that everybody knows."""
OTHER_KEY: Final = Ed25519PrivateKey.from_private_bytes(
    bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
)
"""RFC 8032 7.1, TEST 2."""
KEYS: Final[dict[KeyId, Ed25519PublicKey]] = {KID: KEY.public_key()}
NOT_BEFORE_S: Final = 1_795_000_000
"""2026-11-18 11:06:40 UTC, a Wednesday."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedPass:
    """A pass as its phone holds it."""

    claims: PassClaims
    signed_part: bytes
    chain: list[bytes]
    """c_0 … c_N; empty for a pass that does not rotate."""

    def reveal(self, step: int) -> Reveal:
        """What it shows at `step`."""
        return Reveal(step, self.chain[step])

    def text(self, step: int = 1) -> bytes:
        """The text in the QR code at `step`; a static pass has one text for ever."""
        return render(self.signed_part, self.reveal(step) if self.chain else None).encode()


def issue_visitor(seed: int = 0, *, validity_min: int = 60, **claims: Any) -> IssuedPass:  # noqa: ANN401 - any claim
    """A rotating visitor pass; the same seed always gives the same pass."""
    rng = Random(seed)
    pass_id = PassId(rng.randbytes(8))
    chain = make_chain(pass_id, rng.randbytes(16), min(validity_min * 60 // STEP_S + 2, 0xFFFF))
    return _issued(
        PassClaims(
            **{
                "pass_id": pass_id,
                "not_before_s": NOT_BEFORE_S,
                "validity_min": validity_min,
                "type": PassType.VISITOR,
                "zones": 0b101,
                "uses": 1,
                "anchor": chain[0],
                **claims,
            }
        ),
        chain,
    )


def issue_printed(seed: int = 0, **claims: Any) -> IssuedPass:  # noqa: ANN401 - any claim
    """A static pass on paper."""
    return _issued(
        PassClaims(
            **{
                "pass_id": PassId(Random(seed).randbytes(8)),
                "not_before_s": NOT_BEFORE_S,
                "validity_min": 480,
                "type": PassType.PRINTED,
                "zones": 1,
                "uses": 1,
                **claims,
            }
        ),
        [],
    )


def _issued(claims: PassClaims, chain: list[bytes]) -> IssuedPass:
    return IssuedPass(claims=claims, signed_part=sign(claims, KID, KEY), chain=chain)
