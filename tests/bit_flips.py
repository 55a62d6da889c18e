"""Every single-bit change of a pass, held against all checks that stand before its rotation.

A module of its own, so that worker processes can import it.
"""

from collections.abc import Iterator
from itertools import chain

from access_core.passes import base45
from access_core.passes.pass_token import PREFIX
from access_core.passes.rotation import Reveal, leads_to
from access_core.passes.signing import VerifiedPass, verify
from tests.issuer import KEYS, IssuedPass, issue_printed, issue_visitor

SHOWN_STEP = 7


def nth_pass(number: int) -> IssuedPass:
    """The passes under test: three of four rotate; validity, zones and uses differ."""
    make = issue_printed if number % 4 == 3 else issue_visitor
    return make(number, validity_min=15 + number % 50, zones=1 << number % 32, uses=number % 30)


def flips_of_bytes(issued: IssuedPass) -> Iterator[bytes]:
    """Texts of the pass with one bit of the bytes before base45 changed."""
    text = issued.text(SHOWN_STEP)
    data = base45.decode(text[len(PREFIX) :])
    assert data is not None
    for bit in range(len(data) * 8):
        start = bit // 16 * 2  # base45 writes each pair of bytes by itself
        pair = bytearray(data[start : start + 2])
        pair[bit // 8 - start] ^= 1 << bit % 8
        at = len(PREFIX) + start // 2 * 3
        changed = base45.encode(bytes(pair)).encode()
        yield text[:at] + changed + text[at + len(changed) :]


def flips_of_text(issued: IssuedPass) -> Iterator[bytes]:
    """The text itself with one bit of one character changed, as a bad line would."""
    text = issued.text(SHOWN_STEP)
    for bit in range(len(text) * 8):
        changed = bytearray(text)
        changed[bit // 8] ^= 1 << bit % 8
        yield bytes(changed)


def is_believed(text: bytes) -> bool:
    """Whether the signature is good and, for a rotating pass, the chain holds."""
    presented = verify(text, KEYS)
    if not isinstance(presented, VerifiedPass):
        return False
    claims, reveal = presented.claims, presented.reveal
    if claims.anchor is None or reveal is None:
        return claims.anchor is None and reveal is None
    return leads_to(claims.pass_id, reveal, Reveal(0, claims.anchor))


def count_flips(numbers: range) -> tuple[int, int]:
    """(flips tried, flips believed) over all bits of these passes, as bytes and as text."""
    tried = believed = 0
    for number in numbers:
        issued = nth_pass(number)
        for text in chain(flips_of_bytes(issued), flips_of_text(issued)):
            tried += 1
            believed += is_believed(text)
    return tried, believed
