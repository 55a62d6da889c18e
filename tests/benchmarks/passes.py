"""Passes: what a verification costs, and how large a pass is."""

from collections.abc import Iterator

import segno

from access_core.passes.pass_token import SignedPass, parse
from access_core.passes.signing import _to_be_signed, verify
from tests.benchmarks.figure import Figure, at_most, times_at_most
from tests.benchmarks.interleave import medians_us
from tests.issuer import KEY, KEYS, issue_printed, issue_visitor

_LONGEST_MIN = 16_383


def verification() -> Iterator[Figure]:
    """All checks of a rotating pass against the bare signature check inside."""
    issued = issue_visitor(1, validity_min=480)
    text = issued.text(240)
    signed = parse(text)
    if not isinstance(signed, SignedPass):
        raise TypeError(signed)
    public_key, message = KEY.public_key(), _to_be_signed(signed.protected, signed.payload)
    times = medians_us(
        {
            "verify": lambda: verify(text, KEYS),
            "raw": lambda: public_key.verify(signed.signature, message),
            "parse": lambda: parse(text),
        },
        rounds=60,
        repeat=100,
    )
    yield Figure(
        id="gate.pass.verify",
        what="verify a rotating pass with all checks vs a raw Ed25519 verify",
        value=times["verify"],
        unit="µs",
        reference=times["raw"],
        target=times_at_most(1.5),
    )
    yield Figure(
        id="gate.pass.read",
        what="read a pass strictly, signature not checked",
        value=times["parse"],
        unit="µs",
    )


def size() -> Iterator[Figure]:
    """Characters and QR version of the largest visitor pass and of a printed one."""
    rotating = issue_visitor(1, validity_min=_LONGEST_MIN)
    printed = issue_printed(1)
    yield Figure(
        id="gate.pass.characters",
        what="length of a rotating visitor pass",
        value=len(rotating.text(1000)),
        unit="characters",
        target=at_most(214),
    )
    yield Figure(
        id="gate.pass.qr_version",
        what="QR version of a rotating visitor pass, error correction M",
        value=_version(rotating.text(1000)),
        unit="version",
        target=at_most(8),
    )
    yield Figure(
        id="gate.pass.printed_qr_version",
        what="QR version of a printed pass, error correction M",
        value=_version(printed.text()),
        unit="version",
        target=at_most(7),
    )


def _version(text: bytes) -> float:
    return int(segno.make(text.decode(), error="m", micro=False, boost_error=False).version)
