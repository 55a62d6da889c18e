"""Rotating passes: a one-way hash chain made on the phone.

The phone draws a random c_N and computes downwards

    c_(i-1) = first 16 bytes of SHA-256(pass id || i as two bytes, big-endian || c_i)

The issuer signs only the anchor c_0. At step k the phone shows c_k; whoever hashes k times
reaches the anchor. A shown c_k gives away the past and never the future, and no gate holds a
secret. Source of the choice and its figures: docs/decisions/0008_hash_chain_passes.md.
"""

from dataclasses import dataclass
from hashlib import sha256

STEP_S = 15
"""Seconds a code is shown."""
REVEAL_BYTES = 16
MAX_STEP = 0xFFFF
"""Two bytes: 11 days and 9 hours of steps."""
LATE_STEPS = 2
"""A code is good for 30 s after its step has passed."""
EARLY_STEPS = 1
"""And 15 s before, for a phone clock that runs ahead."""


@dataclass(frozen=True, slots=True)
class Reveal:
    """What a rotating pass shows beside its signed part."""

    step: int
    value: bytes


def previous(pass_id: bytes, index: int, value: bytes) -> bytes:
    """c_(index-1) from c_index."""
    return sha256(pass_id + index.to_bytes(2, "big") + value).digest()[:REVEAL_BYTES]


def make_chain(pass_id: bytes, seed: bytes, length: int) -> list[bytes]:
    """[c_0, c_1, … c_length] from the seed c_length (16 random bytes)."""
    chain = [seed]
    for index in range(length, 0, -1):
        chain.append(previous(pass_id, index, chain[-1]))
    chain.reverse()
    return chain


def leads_to(pass_id: bytes, reveal: Reveal, known: Reveal) -> bool:
    """Whether `reveal` hashes down to `known` (the anchor is step 0).

    Costs one hash per step between the two; a reveal not above `known` is compared or refused.
    """
    if reveal.step < known.step:
        return False
    value = reveal.value
    for index in range(reveal.step, known.step, -1):
        value = previous(pass_id, index, value)
    return value == known.value


def step_at(not_before_s: int, now_s: int) -> int:
    """The step a right clock shows at `now_s`; below 1 before the pass begins."""
    return (now_s - not_before_s) // STEP_S + 1
