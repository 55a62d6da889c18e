"""Reveals already walked to their anchor."""

from access_core.ids import PassId
from access_core.passes.rotation import Reveal
from edge_agent.gate.reveals import KnownReveals

A, B, C = (PassId(bytes([n]) * 8) for n in range(3))


def test_the_highest_step_is_kept() -> None:
    """A lower step learnt later does not replace a higher one."""
    known = KnownReveals()
    known.learn(A, Reveal(5, b"x" * 16))
    known.learn(A, Reveal(3, b"y" * 16))
    assert known.get(A) == Reveal(5, b"x" * 16)
    known.learn(A, Reveal(6, b"z" * 16))
    assert known.get(A) == Reveal(6, b"z" * 16)


def test_the_pass_not_seen_for_longest_is_forgotten() -> None:
    """Memory is bounded; a pass learnt again counts as new."""
    known = KnownReveals(capacity=2)
    for pass_id in (A, B, A, C):
        known.learn(pass_id, Reveal(1, b"x" * 16))
    assert known.get(B) is None
    assert known.get(A) is not None
    assert known.get(C) is not None
