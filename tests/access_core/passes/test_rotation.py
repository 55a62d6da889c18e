"""The one-way chain of a rotating pass."""

from hashlib import sha256
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access_core.passes.rotation import (
    EARLY_STEPS,
    LATE_STEPS,
    MAX_STEP,
    REVEAL_BYTES,
    STEP_S,
    Reveal,
    leads_to,
    make_chain,
    previous,
    step_at,
)

PASS_ID = bytes(range(8))
CHAIN = make_chain(PASS_ID, b"\xa5" * REVEAL_BYTES, 300)
ANCHOR = Reveal(0, CHAIN[0])


def test_figures_agreed_with_the_pass_page() -> None:
    """15 s a step, 30 s late, 15 s early, two bytes of steps."""
    assert (STEP_S, LATE_STEPS, EARLY_STEPS, MAX_STEP) == (15, 2, 1, 65535)


def test_one_link_is_the_hash_that_the_design_states() -> None:
    """c_(i-1) is the first half of SHA-256 over pass id, index and c_i."""
    assert (
        previous(PASS_ID, 258, b"x" * 16) == sha256(PASS_ID + b"\x01\x02" + b"x" * 16).digest()[:16]
    )


def test_the_chain_runs_from_anchor_to_seed() -> None:
    """A chain of length n has n + 1 values, the seed last, each made from the next."""
    assert len(CHAIN) == 301
    assert CHAIN[-1] == b"\xa5" * REVEAL_BYTES
    assert all(previous(PASS_ID, i, CHAIN[i]) == CHAIN[i - 1] for i in range(1, 301))


@given(st.integers(0, 300), st.integers(0, 300))
def test_a_walk_from_a_remembered_step_equals_the_whole_walk(step: int, known: int) -> None:
    """The shortcut and the whole walk agree wherever the shortcut applies."""
    shown = Reveal(step, CHAIN[step])
    assert leads_to(PASS_ID, shown, ANCHOR)
    assert leads_to(PASS_ID, shown, Reveal(known, CHAIN[known])) == (step >= known)


@given(st.integers(1, 300), st.integers(0, 127))
def test_a_wrong_value_leads_nowhere(step: int, bit: int) -> None:
    """One wrong bit in what is shown is enough, with the shortcut as without."""
    wrong = bytearray(CHAIN[step])
    wrong[bit // 8] ^= 1 << bit % 8
    assert not leads_to(PASS_ID, Reveal(step, bytes(wrong)), ANCHOR)
    assert not leads_to(PASS_ID, Reveal(step, bytes(wrong)), Reveal(step - 1, CHAIN[step - 1]))


@given(st.integers(1, 300), st.integers(1, 300))
def test_a_right_value_under_a_wrong_step_leads_nowhere(step: int, claimed: int) -> None:
    """An older value does not become fresh by claiming a later step."""
    assert leads_to(PASS_ID, Reveal(claimed, CHAIN[step]), ANCHOR) == (claimed == step)


def test_the_chain_of_another_pass_leads_nowhere() -> None:
    """The pass id is part of every hash."""
    rng = Random(1)
    other = make_chain(rng.randbytes(8), b"\xa5" * REVEAL_BYTES, 300)
    assert not leads_to(PASS_ID, Reveal(5, other[5]), ANCHOR)


@pytest.mark.parametrize(
    ("after_s", "step"), [(-16, -1), (-1, 0), (0, 1), (14, 1), (15, 2), (3600, 241)]
)
def test_steps_follow_the_clock(after_s: int, step: int) -> None:
    """Step 1 begins with the pass; a new one every 15 s."""
    assert step_at(1000, 1000 + after_s) == step
