"""Signed payloads."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access_core.errors import UntrustedMessage
from access_core.ids import KeyId
from access_core.wire.messages import SignedMessage
from access_core.wire.signed_message import Purpose, open_signed, sign_message
from tests.issuer import KEY, KEYS, KID, OTHER_KEY


@given(st.binary(max_size=300), st.sampled_from(Purpose))
def test_what_was_signed_is_opened(payload: bytes, purpose: Purpose) -> None:
    """Exactly the bytes that were signed come back."""
    assert open_signed(sign_message(payload, purpose, KID, KEY), purpose, KEYS) == payload


def test_a_receipt_is_never_taken_for_rules() -> None:
    """A signature for one purpose does not hold for the other."""
    signed = sign_message(b"payload", Purpose.RECEIPT, KID, KEY)
    with pytest.raises(UntrustedMessage, match="key 0001 does not hold"):
        open_signed(signed, Purpose.CHANGE_SET, KEYS)


def test_a_key_that_is_not_trusted_here_is_named() -> None:
    """The technician reads which key is missing."""
    signed = sign_message(b"payload", Purpose.RECEIPT, KeyId(b"\xab\xcd"), KEY)
    with pytest.raises(UntrustedMessage, match="key abcd, which is not trusted here"):
        open_signed(signed, Purpose.RECEIPT, KEYS)


def test_another_key_under_a_trusted_id_is_refused() -> None:
    """The id is only a name."""
    signed = sign_message(b"payload", Purpose.RECEIPT, KID, OTHER_KEY)
    with pytest.raises(UntrustedMessage):
        open_signed(signed, Purpose.RECEIPT, KEYS)


@given(st.integers(0, 64 * 8 - 1), st.integers(0, 7 * 8 - 1))
def test_no_bit_of_signature_or_payload_can_be_changed(in_signature: int, in_payload: int) -> None:
    """One wrong bit anywhere, and it is not believed."""
    signed = sign_message(b"payload", Purpose.RECEIPT, KID, KEY)
    for bad in (
        SignedMessage(
            kid=KID, signature=flip(signed.signature, in_signature), payload=signed.payload
        ),
        SignedMessage(
            kid=KID, signature=signed.signature, payload=flip(signed.payload, in_payload)
        ),
    ):
        with pytest.raises(UntrustedMessage):
            open_signed(bad, Purpose.RECEIPT, KEYS)


@pytest.mark.parametrize("signature", [b"", bytes(63), bytes(64), bytes(65)], ids=len)
def test_a_signature_of_any_length_is_only_refused(signature: bytes) -> None:
    """Too short or too long is no other error."""
    with pytest.raises(UntrustedMessage):
        open_signed(SignedMessage(kid=KID, signature=signature, payload=b""), Purpose.RECEIPT, KEYS)


def flip(data: bytes, bit: int) -> bytes:
    """`data` with one bit changed."""
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)
