"""Passwords are hashed slowly, off the loop, few at a time."""

import asyncio

from central_server.kit.errors import TooMany
from central_server.kit.passwords import PasswordHasher


async def test_only_the_right_password_is_right() -> None:
    """Right, wrong, nobody's, and a hash that is none."""
    hasher = PasswordHasher()
    encoded = await hasher.hash("correct horse")
    assert "argon2id" in encoded
    assert "m=19456,t=2,p=1" in encoded
    assert await hasher.is_right("correct horse", encoded)
    assert not await hasher.is_right("wrong horse", encoded)
    assert not await hasher.is_right("nobody has this password", None)
    assert not await hasher.is_right("correct horse", "damaged")


async def test_a_flood_of_guesses_is_turned_away() -> None:
    """Beyond what may wait, the rest are told to come back."""
    hasher = PasswordHasher()
    results = await asyncio.gather(
        *(hasher.is_right("guess", None) for _ in range(30)), return_exceptions=True
    )
    assert sum(result is False for result in results) == 8
    assert all(isinstance(r, TooMany) for r in results if r is not False)
