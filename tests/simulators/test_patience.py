"""Waiting for what other programs do."""

import pytest

from simulators.patience import TookTooLong, until


async def test_it_looks_until_it_is_so() -> None:
    """A first no is not the end."""
    answers = [True, False]

    async def is_so() -> bool:
        return answers.pop()

    await until(is_so, "x", limit_s=5.0)
    assert answers == []


async def test_what_does_not_come_is_said() -> None:
    """With the words of who waited."""

    async def is_so() -> bool:
        return False

    with pytest.raises(TookTooLong, match="the bus does not come"):
        await until(is_so, "the bus does not come", limit_s=0.01)
