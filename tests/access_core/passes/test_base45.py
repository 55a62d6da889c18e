"""Base45 after RFC 9285."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access_core.passes import base45

# RFC 9285, 4.3 (encoding) and 4.4 (decoding).
VECTORS = [
    (b"AB", "BB8"),
    (b"Hello!!", "%69 VD92EX0"),
    (b"base-45", "UJCLQE7W581"),
    (b"ietf!", "QED8WEX0"),
]


@pytest.mark.parametrize(("data", "text"), VECTORS)
def test_vectors_of_the_rfc(data: bytes, text: str) -> None:
    """The RFC's own examples come out in both directions."""
    assert base45.encode(data) == text
    assert base45.decode(text.encode()) == data


def test_alphabet_is_the_qr_alphanumeric_set() -> None:
    """45 different characters, all of which a QR code holds in alphanumeric mode."""
    assert len(set(base45.ALPHABET)) == 45
    assert re.fullmatch(r"[0-9A-Z $%*+\-./:]+", base45.ALPHABET)


@given(st.binary(max_size=300))
def test_what_was_encoded_is_decoded(data: bytes) -> None:
    """Any bytes survive."""
    assert base45.decode(base45.encode(data).encode()) == data


@given(st.binary(max_size=60))
def test_decoding_takes_any_bytes(text: bytes) -> None:
    """Decoding never raises, and what it accepts encodes to the same text."""
    data = base45.decode(text)
    assert data is None or base45.encode(data).encode() == text


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b"A", "one character is no group"),
        (b"BB8A", "one character is left over"),
        (b"GGX", "the RFC's own example of a group above 65535"),
        (b"::", "a last pair above 255"),
        (b"BB8::", "a last pair above 255 after a whole group"),
        (b"BBa", "lower case"),
        (b"BB\xff", "not ASCII"),
        (b"BB\x00", "a control character"),
    ],
)
def test_refused(text: bytes, why: str) -> None:
    """Text that is not base45 gives None."""
    assert base45.decode(text) is None, why


def test_empty_text_is_no_bytes() -> None:
    """Nothing encodes to nothing."""
    assert base45.decode(b"") == b""
