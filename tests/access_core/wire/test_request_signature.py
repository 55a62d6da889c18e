"""Signed requests, with http-message-signatures as an outside witness (RFC 9421)."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import http_message_signatures as witness
import pytest
from hypothesis import given
from hypothesis import strategies as st

from access_core.errors import MalformedMessage, UntrustedMessage
from access_core.wire.request_signature import (
    CONTENT_DIGEST,
    MAX_SKEW_S,
    SIGNATURE,
    SIGNATURE_INPUT,
    SignedParts,
    Signer,
    check_signature,
    read_signer,
    sign_request,
)
from tests.issuer import KEY, NOT_BEFORE_S, OTHER_KEY

PARTS = SignedParts(method="POST", path="/edge/v1/events", query="", body=b'{"version":1}')
NONCE = "AAAAAAAAAAAAAAAAAAAAAA"
COVERED = ("@method", "@path", "@query", "content-digest")
queries = st.text("abcdefghijklmnop0123456789=&-_%20", max_size=20).filter(
    lambda q: "%" not in q  # a percent sign alone is no URL
)
requests = st.builds(
    SignedParts,
    method=st.sampled_from(["GET", "POST"]),
    path=st.sampled_from(["/edge/v1/events", "/edge/v1/changes", "/"]),
    query=queries,
    body=st.binary(max_size=200),
)


def sign(parts: SignedParts, created_s: int = NOT_BEFORE_S) -> dict[str, str]:
    """The header fields of the edge `edge-1`."""
    return sign_request(parts, key_id="edge-1", key=KEY, created_s=created_s, nonce=NONCE)


def read(parts: SignedParts, fields: dict[str, str]) -> Signer:
    """Who signed, by these fields."""
    return read_signer(
        parts,
        content_digest=fields[CONTENT_DIGEST],
        signature_input=fields[SIGNATURE_INPUT],
        signature=fields[SIGNATURE],
    )


@dataclass
class Request:
    """A request as the witness wants to see it."""

    method: str
    url: str
    headers: dict[str, str] = field(default_factory=dict)


def as_request(parts: SignedParts, fields: dict[str, str]) -> Request:
    """The same request with these header fields."""
    query = f"?{parts.query}" if parts.query else ""
    return Request(parts.method, f"https://centre.example{parts.path}{query}", dict(fields))


class KnownKey(witness.HTTPSignatureKeyResolver):
    """Gives the witness our key."""

    def resolve_public_key(self, key_id: str) -> Any:  # noqa: ANN401 - the witness' own interface
        """The key of the one edge."""
        assert key_id == "edge-1"
        return KEY.public_key()

    def resolve_private_key(self, key_id: str) -> Any:  # noqa: ANN401 - the witness' own interface
        """The key of the one edge."""
        assert key_id == "edge-1"
        return KEY


@given(requests)
def test_a_signed_request_is_believed(parts: SignedParts) -> None:
    """Who, when and the nonce come back, and the signature holds."""
    signer = read(parts, sign(parts))
    assert (signer.key_id, signer.created_s, signer.nonce) == ("edge-1", NOT_BEFORE_S, NONCE)
    check_signature(signer, KEY.public_key(), NOT_BEFORE_S)


@given(requests)
def test_the_witness_verifies_what_we_sign(parts: SignedParts) -> None:
    """An independent library believes our header fields and sees the same parts covered."""
    verifier = witness.HTTPMessageVerifier(
        signature_algorithm=witness.algorithms.ED25519, key_resolver=KnownKey()
    )
    now_s = int(datetime.now(UTC).timestamp())  # noqa: TID251 - the witness asks its own clock
    request = as_request(parts, sign(parts, created_s=now_s))
    (result,) = verifier.verify(request, max_age=timedelta(minutes=5), body=parts.body)
    assert set(result.covered_components) == {
        f'"{name}"' for name in (*COVERED, "@signature-params")
    }


@given(requests)
def test_we_verify_what_the_witness_signs(parts: SignedParts) -> None:
    """Header fields that an independent library made in our profile are good here."""
    request = as_request(parts, {"content-digest": sign(parts)[CONTENT_DIGEST]})
    signer = witness.HTTPMessageSigner(
        signature_algorithm=witness.algorithms.ED25519, key_resolver=KnownKey()
    )
    signer.sign(
        request,
        key_id="edge-1",
        label="edge",
        nonce=NONCE,
        created=datetime.fromtimestamp(NOT_BEFORE_S, UTC),
        covered_component_ids=COVERED,
        use_existing_digest=True,
    )
    fields = {name.lower(): value for name, value in request.headers.items()}
    check_signature(read(parts, fields), KEY.public_key(), NOT_BEFORE_S)


@pytest.mark.parametrize(
    "change",
    [
        {"method": "GET"},
        {"path": "/edge/v1/status"},
        {"query": "after=9"},
    ],
    ids=str,
)
def test_a_signature_moved_to_another_request_does_not_hold(change: dict[str, str]) -> None:
    """Method, path and query are what was signed."""
    signer = read(replace(PARTS, **change), sign(PARTS))  # type: ignore[arg-type]
    with pytest.raises(UntrustedMessage, match="does not hold"):
        check_signature(signer, KEY.public_key(), NOT_BEFORE_S)


def test_another_body_does_not_match_its_digest() -> None:
    """Refused before any signature is computed."""
    with pytest.raises(MalformedMessage, match="Content-Digest"):
        read(replace(PARTS, body=b"other"), sign(PARTS))


def test_another_body_with_its_own_digest_does_not_hold() -> None:
    """The digest is signed too."""
    other = replace(PARTS, body=b"other")
    fields = {**sign(PARTS), CONTENT_DIGEST: sign(other)[CONTENT_DIGEST]}
    with pytest.raises(UntrustedMessage, match="does not hold"):
        check_signature(read(other, fields), KEY.public_key(), NOT_BEFORE_S)


def test_another_key_does_not_hold() -> None:
    """An edge cannot speak for another."""
    with pytest.raises(UntrustedMessage, match="does not hold"):
        check_signature(read(PARTS, sign(PARTS)), OTHER_KEY.public_key(), NOT_BEFORE_S)


@pytest.mark.parametrize("skew_s", [-MAX_SKEW_S - 1, MAX_SKEW_S + 1])
def test_a_clock_too_far_off_is_said_in_seconds(skew_s: int) -> None:
    """Five minutes either way, and the message says which way."""
    signer = read(PARTS, sign(PARTS, created_s=NOT_BEFORE_S + skew_s))
    with pytest.raises(UntrustedMessage, match=rf"created \{skew_s:+d} s from this clock"):
        check_signature(signer, KEY.public_key(), NOT_BEFORE_S)


@pytest.mark.parametrize("skew_s", [-MAX_SKEW_S, 0, MAX_SKEW_S])
def test_a_clock_a_little_off_is_borne(skew_s: int) -> None:
    """An edge may have been offline for days."""
    signer = read(PARTS, sign(PARTS, created_s=NOT_BEFORE_S + skew_s))
    check_signature(signer, KEY.public_key(), NOT_BEFORE_S)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        (SIGNATURE_INPUT, 'alg="ed25519"', 'alg="hmac-sha256"'),
        (SIGNATURE_INPUT, ';alg="ed25519"', ""),
        (SIGNATURE_INPUT, "edge=", "sig1="),
        (SIGNATURE_INPUT, '"@method" ', ""),
        (SIGNATURE_INPUT, '"content-digest")', '"content-digest" "date")'),
        (SIGNATURE_INPUT, f'nonce="{NONCE}"', 'nonce="short"'),
        (SIGNATURE_INPUT, 'keyid="edge-1"', 'keyid="edge 1"'),
        (SIGNATURE_INPUT, "edge=", "other=();edge="),
        (SIGNATURE, "edge=:", "edge="),
        (SIGNATURE, "edge=:", "sig1=:"),
        (SIGNATURE, "==:", ":"),
        (SIGNATURE, "edge=:", "edge=:AAAA"),
        (CONTENT_DIGEST, "sha-256", "md5"),
    ],
    ids=range(13),
)
def test_any_other_profile_is_refused(name: str, old: str, new: str) -> None:
    """There is nothing to negotiate: other algorithms, labels, parts or forms are malformed."""
    fields = sign(PARTS)
    assert old in fields[name]
    with pytest.raises(MalformedMessage, match="request signature"):
        read(PARTS, {**fields, name: fields[name].replace(old, new)})


@given(st.text(max_size=120), st.text(max_size=120), st.sampled_from([SIGNATURE_INPUT, SIGNATURE]))
def test_header_fields_may_be_anything(junk: str, more: str, name: str) -> None:
    """Noise is malformed, and never another error."""
    with pytest.raises(MalformedMessage):
        read(PARTS, {**sign(PARTS), name: junk + more})


@given(st.text("ABCabc+/=", min_size=86, max_size=88))
def test_a_signature_of_the_right_shape_is_read_or_refused(value: str) -> None:
    """Anything that looks like base64 is at worst not believed."""
    try:
        signer = read(PARTS, {**sign(PARTS), SIGNATURE: f"edge=:{value}:"})
    except MalformedMessage:
        return
    with pytest.raises(UntrustedMessage):
        check_signature(signer, KEY.public_key(), NOT_BEFORE_S)
