"""Requests signed by an edge: HTTP Message Signatures (RFC 9421) with Content-Digest (RFC 9530).

One fixed profile, so that there is nothing to negotiate: label `edge`, components
`"@method" "@path" "@query" "content-digest"`, parameters created, keyid, alg="ed25519", nonce
in this order.
"""

import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from access_core.errors import MalformedMessage, UntrustedMessage

MAX_SKEW_S: Final = 300
"""How far `created` may be from the verifier's clock; nonces are remembered twice as long."""
_INPUT: Final = re.compile(
    r'edge=\("@method" "@path" "@query" "content-digest"\)'
    r';created=(\d{1,12});keyid="([A-Za-z0-9._-]{1,64})"'
    r';alg="ed25519";nonce="([A-Za-z0-9_-]{16,64})"'
)
_SIGNATURE: Final = re.compile(r"edge=:([A-Za-z0-9+/=]{86,88}):")
SIGNATURE_INPUT: Final = "signature-input"
SIGNATURE: Final = "signature"
CONTENT_DIGEST: Final = "content-digest"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedParts:
    """The parts of a request that are signed. `query` without the question mark."""

    method: str
    path: str
    query: str
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """Who says it signed a request, and when. Not yet believed."""

    key_id: str
    created_s: int
    nonce: str
    base: bytes
    """The signature base, RFC 9421 2.5."""
    signature: bytes


def sign_request(
    parts: SignedParts, *, key_id: str, key: Ed25519PrivateKey, created_s: int, nonce: str
) -> dict[str, str]:
    """The three header fields to add. `nonce`: 16..64 characters of base64url, never repeated."""
    digest = _content_digest(parts.body)
    parameters = _parameters(key_id, created_s, nonce)
    base = _signature_base(parts, digest, parameters)
    return {
        CONTENT_DIGEST: digest,
        SIGNATURE_INPUT: f"edge={parameters}",
        SIGNATURE: f"edge=:{b64encode(key.sign(base)).decode()}:",
    }


def read_signer(
    parts: SignedParts, *, content_digest: str, signature_input: str, signature: str
) -> Signer:
    """Who signed, by the header fields; MalformedMessage if they are not of this profile.

    The body is compared with its digest here; the signature is checked by `check_signature`.
    """
    matched, value = _INPUT.fullmatch(signature_input), _SIGNATURE.fullmatch(signature)
    if matched is None or value is None:
        raise MalformedMessage("request signature: header fields are not of the edge profile")
    if content_digest != _content_digest(parts.body):
        raise MalformedMessage("request signature: the body does not match Content-Digest")
    created_s, key_id, nonce = int(matched[1]), matched[2], matched[3]
    try:
        raw = b64decode(value[1], validate=True)
    except Base64Error as error:
        raise MalformedMessage("request signature: not base64") from error
    base = _signature_base(parts, content_digest, _parameters(key_id, created_s, nonce))
    return Signer(key_id=key_id, created_s=created_s, nonce=nonce, base=base, signature=raw)


def check_signature(signer: Signer, key: Ed25519PublicKey, now_s: int) -> None:
    """Believe the signer or raise UntrustedMessage. The caller refuses a nonce seen before."""
    if abs(now_s - signer.created_s) > MAX_SKEW_S:
        raise UntrustedMessage(
            f"request signature: created {signer.created_s - now_s:+d} s from this clock, "
            f"more than {MAX_SKEW_S} s"
        )
    try:
        key.verify(signer.signature, signer.base)
    except InvalidSignature as error:
        raise UntrustedMessage("request signature does not hold") from error


def _content_digest(body: bytes) -> str:
    return f"sha-256=:{b64encode(sha256(body).digest()).decode()}:"


def _parameters(key_id: str, created_s: int, nonce: str) -> str:
    return (
        '("@method" "@path" "@query" "content-digest")'
        f';created={created_s};keyid="{key_id}";alg="ed25519";nonce="{nonce}"'
    )


def _signature_base(parts: SignedParts, digest: str, parameters: str) -> bytes:
    lines = (
        f'"@method": {parts.method}',
        f'"@path": {parts.path}',
        f'"@query": ?{parts.query}',
        f'"content-digest": {digest}',
        f'"@signature-params": {parameters}',
    )
    return "\n".join(lines).encode()
