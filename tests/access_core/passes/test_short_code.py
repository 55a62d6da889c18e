"""The short code that a guard types."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access_core.passes.short_code import ALPHABET, COUNT, LENGTH, grouped, make, normalise

_RNG = Random(7)
CODES = [make(_RNG.randrange(COUNT)) for _ in range(60)]


def test_alphabet_has_a_prime_size_and_no_lookalikes() -> None:
    """31 characters, without I, L, O, U, Z."""
    assert len(ALPHABET) == len(set(ALPHABET)) == 31
    assert not set("ILOUZ") & set(ALPHABET)


@given(st.integers(0, COUNT - 1))
def test_every_number_has_its_own_code(number: int) -> None:
    """The body counts in base 31, so two numbers never share a code."""
    code = make(number)
    assert len(code) == LENGTH
    assert sum(ALPHABET.index(c) * 31**i for i, c in enumerate(code[:-1])) == number


@pytest.mark.parametrize("code", CODES)
def test_every_single_wrong_character_is_found(code: str) -> None:
    """One wrong character in any place never makes another good code."""
    wrong = [code[:i] + c + code[i + 1 :] for i in range(LENGTH) for c in ALPHABET if c != code[i]]
    assert len(wrong) == LENGTH * 30
    assert not any(map(normalise, wrong))


@pytest.mark.parametrize("code", CODES)
def test_every_swap_is_found(code: str) -> None:
    """Two characters that changed places, neighbours or not, are found."""
    for i in range(LENGTH):
        for j in range(i + 1, LENGTH):
            typed = list(code)
            typed[i], typed[j] = typed[j], typed[i]
            if typed[i] != typed[j]:
                assert normalise("".join(typed)) is None


@pytest.mark.parametrize("code", CODES[:10])
def test_what_people_type_is_forgiven(code: str) -> None:
    """Case, blanks, hyphens and misread characters give the same code."""
    assert normalise(code.lower()) == code
    assert normalise(grouped(code)) == code
    assert normalise(f" {code[:4]}-{code[4:]} ") == code
    assert normalise(code.replace("0", "o").replace("1", "l").replace("2", "z")) == code
    assert normalise(code.replace("1", "I")) == code


@given(st.text(max_size=60))
def test_any_typing_is_a_code_or_nothing(typed: str) -> None:
    """Never raises; what it gives is a good code of 8 characters."""
    code = normalise(typed)
    assert code is None or (len(code) == LENGTH and normalise(code) == code)


@pytest.mark.parametrize("typed", ["", "A" * 7, "A" * 9, "0" * 33, "U" * 8, "ßßßß"])
def test_not_a_code(typed: str) -> None:
    """Too short, too long, outside the alphabet."""
    assert normalise(typed) is None


def test_grouped_as_people_read_it() -> None:
    """Two groups of four."""
    assert grouped("ABCDEFGH") == "ABCD EFGH"
