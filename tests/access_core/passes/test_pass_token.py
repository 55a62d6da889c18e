"""Strict reading of CP1: what is accepted, and why everything else is not."""

from typing import Any

import cbor2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from access_core.errors import ProgramError
from access_core.ids import KeyId
from access_core.passes import base45
from access_core.passes.pass_token import (
    FORGERIES,
    MAX_ROTATING_MIN,
    MAX_TEXT,
    MAX_USES,
    MAX_VALIDITY_MIN,
    PREFIX,
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
from access_core.passes.rotation import MAX_STEP, STEP_S, Reveal
from tests.issuer import KID, issue_printed, issue_visitor
from tests.strategies import pass_claims

ROTATING = issue_visitor(1)
STATIC = issue_printed(1)
GOOD = STATIC.signed_part
SIGNATURE = bytes(64)
ITEM_2 = b"\x52\x00\x01" + bytes(16)


def text_of(sequence: bytes) -> bytes:
    """A text with any bytes in place of a pass."""
    return PREFIX + base45.encode(sequence).encode()


def item_1(protected: Any, unprotected: Any, payload: Any, signature: Any = SIGNATURE) -> bytes:  # noqa: ANN401 - any CBOR
    """A COSE_Sign1 of any four values."""
    return cbor2.dumps([protected, unprotected, payload, signature])


def static_with(payload: bytes, protected: bytes = encode_protected(KID)) -> PassFlaw | SignedPass:
    """What reading says of a static pass with this payload."""
    return parse(text_of(item_1(protected, {}, payload)))


FIELDS: list[Any] = [1, bytes(8), 1_795_000_000, 60, 4, b"\0\0\0\1", 1]
"""The payload of a good printed pass."""


def test_a_rotating_pass_is_read() -> None:
    """Every field comes back, and what it reveals beside it."""
    signed = parse(ROTATING.text(7))
    assert isinstance(signed, SignedPass)
    assert (signed.kid, signed.claims, signed.reveal) == (KID, ROTATING.claims, ROTATING.reveal(7))
    assert encode_signed(signed.protected, signed.payload, signed.signature) == ROTATING.signed_part


def test_a_static_pass_is_read() -> None:
    """A printed pass has neither anchor nor item 2."""
    signed = parse(STATIC.text())
    assert isinstance(signed, SignedPass)
    assert (signed.claims, signed.reveal) == (STATIC.claims, None)


@given(pass_claims(), st.binary(min_size=2, max_size=2), st.integers(1, MAX_STEP), st.randoms())
def test_whatever_can_be_issued_can_be_read(
    claims: PassClaims,
    kid: bytes,
    step: int,
    random: Any,  # noqa: ANN401 - hypothesis' Random
) -> None:
    """Reading gives back exactly what was rendered."""
    signature, value = random.randbytes(64), random.randbytes(16)
    reveal = Reveal(step, value) if claims.anchor is not None else None
    item = encode_signed(encode_protected(KeyId(kid)), encode_claims(claims), signature)
    signed = parse(render(item, reveal).encode())
    assert isinstance(signed, SignedPass)
    assert (signed.kid, signed.claims, signed.reveal) == (kid, claims, reveal)
    assert signed.signature == signature


def test_size_of_the_longest_visitor_pass() -> None:
    """A rotating visitor pass has at most 214 characters (qr version 8-M)."""
    assert len(issue_visitor(2, validity_min=MAX_ROTATING_MIN, uses=23).text(1)) <= 214


def test_size_of_a_printed_pass() -> None:
    """A static pass has at most 178 characters, which fit qr version 7-M."""
    assert len(issue_printed(2, uses=MAX_USES).text()) <= 178


@pytest.mark.parametrize(
    ("text", "flaw"),
    [
        (b"CP1:" + b"A" * (MAX_TEXT - 3), PassFlaw.TOO_LONG),
        (b"A" * (MAX_TEXT + 1), PassFlaw.TOO_LONG),
        (b"\xff" * 100_000, PassFlaw.TOO_LONG),
        (b"", PassFlaw.NOT_ALPHANUMERIC),
        (b"cp1:ABC", PassFlaw.NOT_ALPHANUMERIC),
        (b"CP1:AB\n", PassFlaw.NOT_ALPHANUMERIC),
        (b"CP1:AB\0", PassFlaw.NOT_ALPHANUMERIC),
        ("CP1:ÄÖ".encode(), PassFlaw.NOT_ALPHANUMERIC),
        (b"HTTP://EXAMPLE.ORG/", PassFlaw.NOT_A_PASS),
        (b"CP2:ABC", PassFlaw.NOT_A_PASS),
        (b" CP1:ABC", PassFlaw.NOT_A_PASS),
        (b"CP1:A", PassFlaw.BAD_BASE45),
        (b"CP1::::", PassFlaw.BAD_BASE45),
        (b"CP1:", PassFlaw.BAD_CBOR),
        (ROTATING.text() + b" ", PassFlaw.BAD_BASE45),
    ],
)
def test_form_is_checked_before_content(text: bytes, flaw: PassFlaw) -> None:
    """Length, characters, prefix and base45, in this order."""
    assert parse(text) is flaw


def swapped(old: bytes, new: bytes) -> bytes:
    """A good sequence with the first `old` replaced."""
    assert old in GOOD
    return GOOD.replace(old, new, 1)


@pytest.mark.parametrize(
    ("sequence", "flaw"),
    [
        pytest.param(GOOD[:-1], PassFlaw.BAD_CBOR, id="last byte missing"),
        pytest.param(GOOD[:40], PassFlaw.BAD_CBOR, id="cut in the middle"),
        pytest.param(GOOD + b"\x00", PassFlaw.WRONG_LAYOUT, id="one byte more"),
        pytest.param(GOOD + ITEM_2, PassFlaw.WRONG_LAYOUT, id="a reveal without an anchor"),
        pytest.param(GOOD + ITEM_2 + b"\x00", PassFlaw.TRAILING_BYTES, id="a third item"),
        pytest.param(GOOD + GOOD, PassFlaw.WRONG_LAYOUT, id="twice"),
        pytest.param(b"\xd2" + GOOD, PassFlaw.WRONG_LAYOUT, id="tagged as COSE_Sign1"),
        pytest.param(b"\xd9\xd9\xf7" + GOOD, PassFlaw.WRONG_LAYOUT, id="tagged as CBOR"),
        pytest.param(swapped(b"\x84G", b"\x9fG"), PassFlaw.NOT_CANONICAL, id="indefinite array"),
        pytest.param(swapped(b"\x84G", b"\x98\x04G"), PassFlaw.NOT_CANONICAL, id="long array"),
        pytest.param(swapped(b"\x84G", b"\x83G"), PassFlaw.WRONG_LAYOUT, id="three fields"),
        pytest.param(swapped(b"\x84G", b"\x84X\x07"), PassFlaw.NOT_CANONICAL, id="long length"),
        pytest.param(swapped(b"\xa0", b"\xbf\xff"), PassFlaw.NOT_CANONICAL, id="indefinite map"),
        pytest.param(swapped(b"\xa0", b"\xa1\4A\1"), PassFlaw.WRONG_LAYOUT, id="unprotected kid"),
        pytest.param(swapped(b"\xa0", b"\xf6"), PassFlaw.WRONG_LAYOUT, id="null for a map"),
        pytest.param(swapped(b"X@", b"Y\0@"), PassFlaw.NOT_CANONICAL, id="long signature length"),
        pytest.param(swapped(b"X@", b"_X@"), PassFlaw.NOT_CANONICAL, id="chunked signature"),
        pytest.param(swapped(b"X@", b"X?"), PassFlaw.WRONG_LAYOUT, id="short signature"),
        pytest.param(b"\x9f" * 260, PassFlaw.NOT_CANONICAL, id="bomb of indefinite arrays"),
        pytest.param(b"\x81" * 260, PassFlaw.WRONG_LAYOUT, id="bomb of arrays"),
        pytest.param(b"\xd8\x1c" * 130, PassFlaw.WRONG_LAYOUT, id="bomb of shared values"),
        pytest.param(b"\x9b" + b"\xff" * 8, PassFlaw.WRONG_LAYOUT, id="endless array"),
        pytest.param(b"\x5b" + b"\xff" * 8, PassFlaw.WRONG_LAYOUT, id="endless bytes"),
        pytest.param(b"\x84\x5b" + b"\xff" * 8, PassFlaw.BAD_CBOR, id="endless header"),
    ],
)
def test_the_outer_layout_is_the_only_one(sequence: bytes, flaw: PassFlaw) -> None:
    """Tags, indefinite or long lengths, other counts, bombs and anything after the end."""
    assert parse(text_of(sequence)) is flaw


@pytest.mark.parametrize(
    ("protected", "flaw"),
    [
        (cbor2.dumps({1: -7, 4: KID}), PassFlaw.WRONG_ALGORITHM),
        (cbor2.dumps({1: -50, 4: KID}), PassFlaw.WRONG_ALGORITHM),
        (b"\xa2\x01\x08\x04\x42\x00\x01", PassFlaw.WRONG_LAYOUT),
        (b"\xa2\x01\xf9\xc8\x00\x04\x42\x00\x01", PassFlaw.WRONG_LAYOUT),
        (b"\xa2\xf5\x27\x04\x42\x00\x01", PassFlaw.WRONG_LAYOUT),
        (b"\xa2\xf9\x3c\x00\x27\x04\x42\x00\x01", PassFlaw.WRONG_LAYOUT),
        (b"\xa2\x01\x27\x01\x27", PassFlaw.WRONG_LAYOUT),
        (b"\xa2\x04\x42\x00\x01\x01\x27", PassFlaw.WRONG_LAYOUT),
        (b"\xa2\x01\x38\x07\x04\x42\x00\x01", PassFlaw.NOT_CANONICAL),
        (b"\xa3\x01\x27\x04\x42\x00\x01\x05\x00", PassFlaw.WRONG_LAYOUT),
        (b"\xa1\x01\x27", PassFlaw.WRONG_LAYOUT),
        (b"\xbf\x01\x27\x04\x42\x00\x01\xff", PassFlaw.NOT_CANONICAL),
        (b"\xa2\x01\x27\x04\x42\x00\x01\x00", PassFlaw.TRAILING_BYTES),
        (b"\xa2\x01\x27\x04\x41\x00", PassFlaw.WRONG_LAYOUT),
        (b"\xa2\x01\x27\x04\x43\x00\x01\x02", PassFlaw.WRONG_LAYOUT),
        (b"\xa2\x01\x27\x04\x62AB", PassFlaw.WRONG_LAYOUT),
        (b"\xa2\x01\x27\x05\x42\x00\x01", PassFlaw.WRONG_LAYOUT),
        (b"", PassFlaw.BAD_CBOR),
    ],
)
def test_the_protected_header_is_the_only_one(protected: bytes, flaw: PassFlaw) -> None:
    """EdDSA and a key id of two bytes, once, in order, as integers; nothing that only equals it."""
    assert static_with(encode_claims(STATIC.claims), protected) is flaw


@pytest.mark.parametrize(
    ("index", "value", "flaw"),
    [
        (0, 2, PassFlaw.VALUE_OUT_OF_RANGE),
        (0, True, PassFlaw.WRONG_LAYOUT),
        (1, bytes(7), PassFlaw.WRONG_LAYOUT),
        (1, "12345678", PassFlaw.WRONG_LAYOUT),
        (2, -1, PassFlaw.WRONG_LAYOUT),
        (2, 2**32, PassFlaw.VALUE_OUT_OF_RANGE),
        (2, 2**70, PassFlaw.WRONG_LAYOUT),
        (2, 1.5, PassFlaw.WRONG_LAYOUT),
        (2, None, PassFlaw.WRONG_LAYOUT),
        (3, 0, PassFlaw.VALUE_OUT_OF_RANGE),
        (3, MAX_VALIDITY_MIN + 1, PassFlaw.VALUE_OUT_OF_RANGE),
        (4, 5, PassFlaw.VALUE_OUT_OF_RANGE),
        (4, 0, PassFlaw.VALUE_OUT_OF_RANGE),
        (4, 1, PassFlaw.VALUE_OUT_OF_RANGE),
        (5, 1, PassFlaw.WRONG_LAYOUT),
        (5, bytes(3), PassFlaw.WRONG_LAYOUT),
        (5, bytes(5), PassFlaw.WRONG_LAYOUT),
        (6, MAX_USES + 1, PassFlaw.VALUE_OUT_OF_RANGE),
        (6, [1], PassFlaw.WRONG_LAYOUT),
    ],
)
def test_every_claim_has_its_kind_and_range(index: int, value: Any, flaw: PassFlaw) -> None:  # noqa: ANN401 - any CBOR
    """A value of another kind is a wrong layout; one beyond its limit is out of range."""
    fields = [*FIELDS[:index], value, *FIELDS[index + 1 :]]
    assert static_with(cbor2.dumps(fields)) is flaw


@pytest.mark.parametrize(
    ("payload", "flaw"),
    [
        (cbor2.dumps(FIELDS[:6]), PassFlaw.WRONG_LAYOUT),
        (cbor2.dumps([*FIELDS, bytes(16), 0]), PassFlaw.WRONG_LAYOUT),
        (cbor2.dumps([*FIELDS, bytes(16)]), PassFlaw.VALUE_OUT_OF_RANGE),
        (cbor2.dumps([*FIELDS, bytes(15)]), PassFlaw.WRONG_LAYOUT),
        (cbor2.dumps([*FIELDS, None]), PassFlaw.WRONG_LAYOUT),
        (cbor2.dumps(FIELDS) + b"\x00", PassFlaw.TRAILING_BYTES),
        (cbor2.dumps(dict(enumerate(FIELDS))), PassFlaw.WRONG_LAYOUT),
        (b"\x9f" + cbor2.dumps(FIELDS)[1:] + b"\xff", PassFlaw.NOT_CANONICAL),
        (b"\x87\x18\x01" + cbor2.dumps(FIELDS)[2:], PassFlaw.NOT_CANONICAL),
        (b"", PassFlaw.BAD_CBOR),
        (b"\xc4\x82\x1b\x0d\xe0\xb6\xb3\xa7\x64\x00\x00\xfb" + bytes(8), PassFlaw.WRONG_LAYOUT),
    ],
)
def test_the_payload_layout_is_the_only_one(payload: bytes, flaw: PassFlaw) -> None:
    """Seven fields or eight, definite, shortest; the last case once made a CBOR library raise."""
    assert static_with(payload) is flaw


@pytest.mark.parametrize(
    ("rest", "flaw"),
    [
        (b"", PassFlaw.WRONG_LAYOUT),
        (b"\x52\x00\x00" + bytes(16), PassFlaw.VALUE_OUT_OF_RANGE),
        (b"\x51\x00\x01" + bytes(15), PassFlaw.WRONG_LAYOUT),
        (b"\x53\x00\x01" + bytes(17), PassFlaw.WRONG_LAYOUT),
        (b"\x58\x12\x00\x01" + bytes(16), PassFlaw.NOT_CANONICAL),
        (b"\x82\x01\x50" + bytes(16), PassFlaw.WRONG_LAYOUT),
        (ITEM_2[:-1], PassFlaw.BAD_CBOR),
        (ITEM_2 + ITEM_2, PassFlaw.TRAILING_BYTES),
        (ITEM_2 + b"\xf6", PassFlaw.TRAILING_BYTES),
    ],
)
def test_what_a_rotating_pass_reveals(rest: bytes, flaw: PassFlaw) -> None:
    """Exactly 18 bytes, exactly once; step 0 would be the anchor that everybody can read."""
    assert parse(text_of(ROTATING.signed_part + rest)) is flaw


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"pass_id": b"short"}, "pass id"),
        ({"not_before_s": -1}, "not-before"),
        ({"not_before_s": 2**32}, "not-before"),
        ({"validity_min": 0}, "validity"),
        ({"zones": 2**32}, "zones"),
        ({"zones": -1}, "zones"),
        ({"uses": -1}, "uses"),
        ({"uses": MAX_USES + 1}, "uses"),
        ({"anchor": None}, "must rotate"),
        ({"anchor": bytes(15)}, "anchor"),
        ({"type": PassType.PRINTED}, "must not rotate"),
        ({"validity_min": MAX_ROTATING_MIN + 1}, "steps end"),
    ],
)
def test_claims_that_no_pass_may_carry_are_a_bug(change: dict[str, Any], words: str) -> None:
    """The issuer hears in words what is out of range, before anything is signed."""
    with pytest.raises(ProgramError, match=words):
        issue_visitor(3, **change)


def test_steps_last_as_long_as_the_longest_rotating_pass() -> None:
    """The last moment of the longest pass still has a step of two bytes."""
    assert (MAX_ROTATING_MIN * 60 - 1) // STEP_S + 1 <= MAX_STEP


def test_the_end_of_validity() -> None:
    """Not-after is the first second at which it is no longer valid."""
    claims = STATIC.claims
    assert claims.not_after_s == claims.not_before_s + 480 * 60


def test_forgeries_are_flaws_of_what_looks_like_a_pass() -> None:
    """A text that was only read badly never counts as a forgery."""
    assert {PassFlaw.UNKNOWN_KEY, PassFlaw.BAD_SIGNATURE, PassFlaw.WRONG_ALGORITHM} == FORGERIES


HOSTILE = st.one_of(
    st.binary(max_size=500),
    st.binary(max_size=266).map(text_of),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.binary() | st.text(max_size=9),
        lambda inner: (
            st.lists(inner, max_size=5)
            | st.dictionaries(st.integers() | st.text(max_size=4), inner, max_size=4)
            | st.builds(cbor2.CBORTag, st.integers(0, 300), inner)
        ),
        max_leaves=12,
    ).map(lambda value: text_of(cbor2.dumps(value))),
    st.builds(
        lambda text, at, junk: text[:at] + junk + text[at + len(junk) :],
        st.sampled_from([ROTATING.text(), STATIC.text()]),
        st.integers(0, 213),
        st.binary(max_size=8),
    ),
    st.builds(
        lambda item, at, junk: text_of(item[:at] + junk + item[at + len(junk) :]),
        st.sampled_from([ROTATING.signed_part + ITEM_2, STATIC.signed_part]),
        st.integers(0, 139),
        st.binary(max_size=4),
    ),
)
"""Noise, noise as CBOR, well-formed CBOR of any shape and tag, and passes with a patch of noise."""


def check_reading(text: bytes) -> None:
    """Reading gives a flaw, or a pass that renders to the very same text."""
    signed = parse(text)
    if isinstance(signed, PassFlaw):
        return
    item = encode_signed(signed.protected, signed.payload, signed.signature)
    assert render(item, signed.reveal).encode() == text
    assert encode_protected(signed.kid) == signed.protected
    assert encode_claims(signed.claims) == signed.payload


@settings(max_examples=500)
@given(HOSTILE)
def test_reading_never_raises_and_every_pass_has_one_text(text: bytes) -> None:
    """Whatever is held up, reading ends in a flaw or in a pass with exactly this text."""
    check_reading(text)


@pytest.mark.slow
@pytest.mark.timeout(600)
@settings(max_examples=20_000)
@given(HOSTILE)
def test_reading_never_raises_in_many_more_tries(text: bytes) -> None:
    """The same over 20,000 texts."""
    check_reading(text)
