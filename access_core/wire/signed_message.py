"""Signed payloads: rules going down, receipts coming back.

Each purpose has its own context in the signed bytes, so that a receipt can never be replayed as
a rule.
"""

from collections.abc import Mapping
from enum import Enum

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from access_core.errors import UntrustedMessage
from access_core.ids import KeyId
from access_core.wire.messages import SignedMessage


class Purpose(Enum):
    """What a signature is for."""

    CHANGE_SET = b"campus-gateway change set v1\x00"
    RECEIPT = b"campus-gateway receipt v1\x00"


def sign_message(
    payload: bytes, purpose: Purpose, kid: KeyId, key: Ed25519PrivateKey
) -> SignedMessage:
    """`payload` with its signature."""
    return SignedMessage(kid=kid, signature=key.sign(purpose.value + payload), payload=payload)


def open_signed(
    message: SignedMessage, purpose: Purpose, keys: Mapping[KeyId, Ed25519PublicKey]
) -> bytes:
    """The payload, once its signature is believed; else UntrustedMessage. Parse it after this."""
    key = keys.get(message.kid)
    if key is None:
        raise UntrustedMessage(f"signed with key {message.kid.hex()}, which is not trusted here")
    try:
        key.verify(message.signature, purpose.value + message.payload)
    except InvalidSignature as error:
        raise UntrustedMessage(f"signature of key {message.kid.hex()} does not hold") from error
    return message.payload
