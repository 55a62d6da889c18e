"""The pass CP1: layout and strict reading. What is signed and by whom is `signing.py`.

Text      `CP1:` + base45 (RFC 9285) of a CBOR sequence (RFC 8742)
Item 1    untagged COSE_Sign1 (RFC 9052, 4.2): [protected, {}, payload, signature]
          protected = {1: -8, 4: kid}   EdDSA, key id of 2 bytes
          payload   = [1, pass id, not-before, validity, type, zones, uses] + [anchor]
Item 2    18 bytes: step (big-endian) and reveal; present exactly when there is an anchor
Nothing follows. The encoding is the deterministic one (RFC 8949, 4.2.1): reading encodes again
and compares, so that every pass has one text only.
"""

import re
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from io import BytesIO
from typing import Any, Final

import cbor2

from access_core.errors import ProgramError
from access_core.ids import KeyId, PassId
from access_core.passes import base45
from access_core.passes.rotation import REVEAL_BYTES, Reveal

PREFIX: Final = b"CP1:"
MAX_TEXT: Final = 400
"""Characters; longer texts are refused unread."""
SCHEMA: Final = 1
PASS_ID_BYTES: Final = 8
KEY_ID_BYTES: Final = 2
SIGNATURE_BYTES: Final = 64
STEP_BYTES: Final = 2
UINT32_MAX: Final = 0xFFFF_FFFF
MAX_VALIDITY_MIN: Final = 366 * 24 * 60
MAX_USES: Final = 1000
_ALPHANUMERIC: Final = re.compile(rb"[0-9A-Z $%*+\-./:]+")
_ALG: Final = 1
_KID: Final = 4
_EDDSA: Final = -8
"""COSE header labels 1 (alg) and 4 (kid), RFC 9052 3.1; EdDSA = -8, RFC 9053 2.2."""
_STATIC_FIELDS: Final = 7
_SIGN1_FIELDS: Final = 4


class PassType(IntEnum):
    """What kind of pass it is; each kind has its own limits."""

    MEMBER = 0
    """Staff and students."""
    VISITOR = 1
    CONTRACTOR = 2
    VEHICLE = 3
    PRINTED = 4
    """On paper: static, so with its own zones and few uses."""


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
        claims.zones.to_bytes(4, "big"),
        claims.uses,
    ]
    if claims.anchor is not None:
        fields.append(claims.anchor)
    return cbor2.dumps(fields)


def encode_signed(protected: bytes, payload: bytes, signature: bytes) -> bytes:
    """Item 1 of the sequence: what the issuer hands to the phone."""
    return cbor2.dumps([protected, {}, payload, signature])


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
    items = _read_sequence(data)
    if isinstance(items, PassFlaw):
        return items
    return _read_items(items)


def _read_sequence(data: bytes) -> list[Any] | PassFlaw:
    """One or two CBOR items that encode again to exactly `data`."""
    stream = BytesIO(data)
    items: list[Any] = []
    try:
        while stream.tell() < len(data) and len(items) < 2:  # noqa: PLR2004 - two items at most
            items.append(cbor2.load(stream))
        if stream.tell() != len(data):
            return PassFlaw.TRAILING_BYTES
        if not items or b"".join(cbor2.dumps(item, canonical=True) for item in items) != data:
            return PassFlaw.NOT_CANONICAL
    except (cbor2.CBORError, ValueError, TypeError, OverflowError, RecursionError):
        return PassFlaw.BAD_CBOR
    return items


def _read_items(items: list[Any]) -> SignedPass | PassFlaw:
    sign1 = items[0]
    if not (isinstance(sign1, list) and len(sign1) == _SIGN1_FIELDS):
        return PassFlaw.WRONG_LAYOUT
    protected, unprotected, payload, signature = sign1
    if not (
        isinstance(protected, bytes)
        and unprotected == {}
        and isinstance(payload, bytes)
        and isinstance(signature, bytes)
        and len(signature) == SIGNATURE_BYTES
    ):
        return PassFlaw.WRONG_LAYOUT
    kid = _read_protected(protected)
    if isinstance(kid, PassFlaw):
        return kid
    claims = _read_claims(payload)
    if isinstance(claims, PassFlaw):
        return claims
    reveal = _read_reveal(items[1:])
    if isinstance(reveal, PassFlaw):
        return reveal
    if (reveal is None) != (claims.anchor is None):
        return PassFlaw.WRONG_LAYOUT
    return SignedPass(kid, protected, payload, signature, claims, reveal)


def _read_protected(protected: bytes) -> KeyId | PassFlaw:
    header = _read_canonical(protected)
    if isinstance(header, PassFlaw):
        return header
    if not (isinstance(header, dict) and header.keys() == {_ALG, _KID}):
        return PassFlaw.WRONG_LAYOUT
    if header[_ALG] != _EDDSA:
        return PassFlaw.WRONG_ALGORITHM
    kid = header[_KID]
    if not (isinstance(kid, bytes) and len(kid) == KEY_ID_BYTES):
        return PassFlaw.WRONG_LAYOUT
    return KeyId(kid)


def _read_claims(payload: bytes) -> PassClaims | PassFlaw:
    fields = _read_canonical(payload)
    if isinstance(fields, PassFlaw):
        return fields
    if not (isinstance(fields, list) and _STATIC_FIELDS <= len(fields) <= _STATIC_FIELDS + 1):
        return PassFlaw.WRONG_LAYOUT
    schema, pass_id, not_before_s, validity_min, type_, zones, uses = fields[:_STATIC_FIELDS]
    anchor = fields[_STATIC_FIELDS] if len(fields) > _STATIC_FIELDS else None
    numbers = (schema, not_before_s, validity_min, type_, uses)
    if not all(type(n) is int for n in numbers) or not all(
        isinstance(b, bytes) for b in (pass_id, zones)
    ):
        return PassFlaw.WRONG_LAYOUT
    if schema != SCHEMA or len(zones) != 4 or type_ not in PassType.__members__.values():  # noqa: PLR2004
        return PassFlaw.VALUE_OUT_OF_RANGE
    if len(fields) > _STATIC_FIELDS and not isinstance(anchor, bytes):
        return PassFlaw.WRONG_LAYOUT
    try:
        return PassClaims(
            pass_id=PassId(pass_id),
            not_before_s=not_before_s,
            validity_min=validity_min,
            type=PassType(type_),
            zones=int.from_bytes(zones, "big"),
            uses=uses,
            anchor=anchor,
        )
    except ProgramError:
        return PassFlaw.VALUE_OUT_OF_RANGE


def _read_reveal(items: list[Any]) -> Reveal | PassFlaw | None:
    if not items:
        return None
    item = items[0]
    if not (isinstance(item, bytes) and len(item) == STEP_BYTES + REVEAL_BYTES):
        return PassFlaw.WRONG_LAYOUT
    return Reveal(int.from_bytes(item[:STEP_BYTES], "big"), item[STEP_BYTES:])


def _read_canonical(data: bytes) -> Any:  # noqa: ANN401 - any CBOR value, or a PassFlaw
    """One item that encodes again to exactly `data`."""
    items = _read_sequence(data)
    if isinstance(items, PassFlaw):
        return items
    return items[0] if len(items) == 1 else PassFlaw.TRAILING_BYTES


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
    if (claims.anchor is not None) != (claims.type in ROTATING):
        return (
            f"a {claims.type.name} pass {'must' if claims.type in ROTATING else 'must not'} rotate"
        )
    if claims.anchor is not None and len(claims.anchor) != REVEAL_BYTES:
        return f"an anchor has {REVEAL_BYTES} bytes"
    return ""
