"""The pass CP1: layout and strict reading. What is signed and by whom is `signing.py`.

Text      `CP1:` + base45 (RFC 9285) of a CBOR sequence (RFC 8742)
Item 1    untagged COSE_Sign1 (RFC 9052, 4.2): [protected, {}, payload, signature]
          protected = {1: -8, 4: kid}   EdDSA, key id of 2 bytes
          payload   = [1, pass id, not-before, validity, type, zones, uses] + [anchor]
Item 2    18 bytes: step (big-endian) and reveal; present exactly when there is an anchor
Nothing follows. The encoding is the deterministic one (RFC 8949, 4.2.1) and reading takes no
other, so that every pass has one text only.
"""

import re
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Final

import cbor2

from access_core.errors import ProgramError
from access_core.ids import KeyId, PassId
from access_core.passes import base45
from access_core.passes.rotation import MAX_STEP, REVEAL_BYTES, STEP_S, Reveal
from access_core.passes.strict_cbor import (
    ARRAY,
    MAP,
    NEGATIVE,
    UINT,
    CborProblem,
    Cursor,
    Problem,
)

PREFIX: Final = b"CP1:"
MAX_TEXT: Final = 400
"""Characters; longer texts are refused unread."""
SCHEMA: Final = 1
PASS_ID_BYTES: Final = 8
KEY_ID_BYTES: Final = 2
SIGNATURE_BYTES: Final = 64
STEP_BYTES: Final = 2
ZONE_BYTES: Final = 4
UINT32_MAX: Final = 0xFFFF_FFFF
MAX_VALIDITY_MIN: Final = 366 * 24 * 60
MAX_ROTATING_MIN: Final = MAX_STEP * STEP_S // 60
"""A rotating pass ends before its steps do: 11 days and 9 hours."""
MAX_USES: Final = 1000
_ALPHANUMERIC: Final = re.compile(rb"[0-9A-Z $%*+\-./:]+")
_ALG: Final = 1
_KID: Final = 4
_EDDSA: Final = -8
"""COSE header labels 1 (alg) and 4 (kid), RFC 9052 3.1; EdDSA = -8, RFC 9053 2.2."""
_STATIC_FIELDS: Final = 7
_SIGN1_FIELDS: Final = 4
_HEADER_FIELDS: Final = 2


class PassType(IntEnum):
    """What kind of pass it is; each kind has its own limits."""

    MEMBER = 0
    """Staff and students."""
    VISITOR = 1
    CONTRACTOR = 2
    VEHICLE = 3
    PRINTED = 4
    """On paper: static, so with its own zones and few uses."""


_TYPES: Final = {int(t): t for t in PassType}
ROTATING: Final = frozenset({PassType.MEMBER, PassType.VISITOR, PassType.CONTRACTOR})
"""Types that must rotate: a static code of these would undo the rotation."""


class PassFlaw(StrEnum):
    """Why a text is not a pass."""

    TOO_LONG = "too_long"
    NOT_ALPHANUMERIC = "not_alphanumeric"
    NOT_A_PASS = "not_a_pass"
    BAD_BASE45 = "bad_base45"
    BAD_CBOR = "bad_cbor"
    NOT_CANONICAL = "not_canonical"
    WRONG_LAYOUT = "wrong_layout"
    WRONG_ALGORITHM = "wrong_algorithm"
    VALUE_OUT_OF_RANGE = "value_out_of_range"
    TRAILING_BYTES = "trailing_bytes"
    UNKNOWN_KEY = "unknown_key"
    BAD_SIGNATURE = "bad_signature"


_FLAWS: Final = {
    Problem.TRUNCATED: PassFlaw.BAD_CBOR,
    Problem.NOT_SHORTEST: PassFlaw.NOT_CANONICAL,
    Problem.OTHER_KIND: PassFlaw.WRONG_LAYOUT,
}
FORGERIES: Final = frozenset(
    {PassFlaw.UNKNOWN_KEY, PassFlaw.BAD_SIGNATURE, PassFlaw.WRONG_ALGORITHM}
)
"""Flaws of a text that was made to look like a pass."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PassClaims:
    """What the issuer signed."""

    pass_id: PassId
    not_before_s: int
    """Seconds since 1970 UTC."""
    validity_min: int
    type: PassType
    zones: int
    """Bitmap over `Area.zone_bit`."""
    uses: int
    """Entries allowed in all; 0 is unlimited."""
    anchor: bytes | None = None
    """c_0 of a rotating pass."""

    def __post_init__(self) -> None:
        """Refuse claims no pass may carry."""
        if problem := _range_problem(self):
            raise ProgramError(problem)

    @property
    def not_after_s(self) -> int:
        """First second at which it is no longer valid."""
        return self.not_before_s + self.validity_min * 60


@dataclass(frozen=True, slots=True)
class SignedPass:
    """A well-formed pass text, not yet believed."""

    kid: KeyId
    protected: bytes
    payload: bytes
    signature: bytes
    claims: PassClaims
    reveal: Reveal | None


def encode_protected(kid: bytes) -> bytes:
    """The protected header for EdDSA and `kid`."""
    return cbor2.dumps({_ALG: _EDDSA, _KID: kid})


def encode_claims(claims: PassClaims) -> bytes:
    """The payload bytes to be signed."""
    fields: list[int | bytes] = [
        SCHEMA,
        claims.pass_id,
        claims.not_before_s,
        claims.validity_min,
        int(claims.type),
        claims.zones.to_bytes(ZONE_BYTES, "big"),
        claims.uses,
    ]
    if claims.anchor is not None:
        fields.append(claims.anchor)
    return cbor2.dumps(fields)


def encode_signed(protected: bytes, payload: bytes, signature: bytes) -> bytes:
    """Item 1 of the sequence: what the issuer hands to the phone."""
    unprotected: dict[int, bytes] = {}
    return cbor2.dumps([protected, unprotected, payload, signature])


def render(signed_part: bytes, reveal: Reveal | None) -> str:
    """The text of a pass from item 1 and, for a rotating pass, what it shows now."""
    sequence = signed_part
    if reveal is not None:
        sequence += cbor2.dumps(reveal.step.to_bytes(STEP_BYTES, "big") + reveal.value)
    return PREFIX.decode() + base45.encode(sequence)


def parse(text: bytes) -> SignedPass | PassFlaw:
    """Read a text strictly; says the first thing wrong with it. Never raises on any input.

    Cheap checks come first: length, characters, prefix, base45, layout. Nothing is believed.
    """
    if len(text) > MAX_TEXT:
        return PassFlaw.TOO_LONG
    if not _ALPHANUMERIC.fullmatch(text):
        return PassFlaw.NOT_ALPHANUMERIC
    if not text.startswith(PREFIX):
        return PassFlaw.NOT_A_PASS
    data = base45.decode(text[len(PREFIX) :])
    if data is None:
        return PassFlaw.BAD_BASE45
    try:
        return _read_pass(Cursor(data))
    except _FlawFound as found:
        return found.flaw
    except CborProblem as found:
        return _FLAWS[found.problem]


class _FlawFound(Exception):
    """What is wrong with the pass that is being read."""

    def __init__(self, flaw: PassFlaw) -> None:
        super().__init__(flaw.value)
        self.flaw = flaw


def _read_pass(items: Cursor) -> SignedPass:
    _expect(items.head(ARRAY) == _SIGN1_FIELDS, PassFlaw.WRONG_LAYOUT)
    protected = items.byte_string()
    _expect(items.head(MAP) == 0, PassFlaw.WRONG_LAYOUT)
    payload = items.byte_string()
    signature = items.byte_string(SIGNATURE_BYTES)
    kid = _read_protected(protected)
    claims = _read_claims(payload)
    reveal = None if items.is_at_end else _read_reveal(items)
    _expect(items.is_at_end, PassFlaw.TRAILING_BYTES)
    _expect((reveal is None) == (claims.anchor is None), PassFlaw.WRONG_LAYOUT)
    return SignedPass(kid, protected, payload, signature, claims, reveal)


def _expect(is_so: bool, flaw: PassFlaw) -> None:  # noqa: FBT001 - reads as a sentence
    if not is_so:
        raise _FlawFound(flaw)


def _read_protected(protected: bytes) -> KeyId:
    header = Cursor(protected)
    _expect(header.head(MAP) == _HEADER_FIELDS, PassFlaw.WRONG_LAYOUT)
    _expect(header.head(UINT) == _ALG, PassFlaw.WRONG_LAYOUT)
    _expect(-1 - header.head(NEGATIVE) == _EDDSA, PassFlaw.WRONG_ALGORITHM)
    _expect(header.head(UINT) == _KID, PassFlaw.WRONG_LAYOUT)
    kid = header.byte_string(KEY_ID_BYTES)
    _expect(header.is_at_end, PassFlaw.TRAILING_BYTES)
    return KeyId(kid)


def _read_claims(payload: bytes) -> PassClaims:
    fields = Cursor(payload)
    count = fields.head(ARRAY)
    _expect(count in {_STATIC_FIELDS, _STATIC_FIELDS + 1}, PassFlaw.WRONG_LAYOUT)
    _expect(fields.head(UINT) == SCHEMA, PassFlaw.VALUE_OUT_OF_RANGE)
    pass_id = fields.byte_string(PASS_ID_BYTES)
    not_before_s, validity_min, type_ = fields.head(UINT), fields.head(UINT), fields.head(UINT)
    zones = fields.byte_string(ZONE_BYTES)
    uses = fields.head(UINT)
    anchor = None if count == _STATIC_FIELDS else fields.byte_string(REVEAL_BYTES)
    _expect(fields.is_at_end, PassFlaw.TRAILING_BYTES)
    _expect(type_ in _TYPES, PassFlaw.VALUE_OUT_OF_RANGE)
    try:
        return PassClaims(
            pass_id=PassId(pass_id),
            not_before_s=not_before_s,
            validity_min=validity_min,
            type=_TYPES[type_],
            zones=int.from_bytes(zones, "big"),
            uses=uses,
            anchor=anchor,
        )
    except ProgramError as error:
        raise _FlawFound(PassFlaw.VALUE_OUT_OF_RANGE) from error


def _read_reveal(items: Cursor) -> Reveal:
    item = items.byte_string(STEP_BYTES + REVEAL_BYTES)
    step = int.from_bytes(item[:STEP_BYTES], "big")
    # Step 0 is the anchor, which everybody can read in the signed part: it proves nothing.
    _expect(step >= 1, PassFlaw.VALUE_OUT_OF_RANGE)
    return Reveal(step, item[STEP_BYTES:])


def _range_problem(claims: PassClaims) -> str:
    """What is out of range, in words; empty if nothing."""
    if len(claims.pass_id) != PASS_ID_BYTES:
        return f"a pass id has {PASS_ID_BYTES} bytes"
    if not 0 <= claims.not_before_s <= UINT32_MAX:
        return "not-before does not fit 32 bits"
    if not 1 <= claims.validity_min <= MAX_VALIDITY_MIN:
        return f"validity must be 1..{MAX_VALIDITY_MIN} minutes"
    if not 0 <= claims.zones <= UINT32_MAX:
        return "zones do not fit 32 bits"
    if not 0 <= claims.uses <= MAX_USES:
        return f"uses must be 0..{MAX_USES}"
    return _rotation_problem(claims)


def _rotation_problem(claims: PassClaims) -> str:
    rotates = claims.type in ROTATING
    if (claims.anchor is not None) != rotates:
        return f"a {claims.type.name} pass {'must' if rotates else 'must not'} rotate"
    if claims.anchor is None:
        return ""
    if len(claims.anchor) != REVEAL_BYTES:
        return f"an anchor has {REVEAL_BYTES} bytes"
    if claims.validity_min > MAX_ROTATING_MIN:
        return f"a rotating pass lasts at most {MAX_ROTATING_MIN} minutes: its steps end there"
    return ""
