"""Passwords: argon2id off the loop, at most two at once, so that guessing cannot starve gates.

m = 19 MiB, t = 2, p = 1 (OWASP's first choice; 19 ms here, measured 2026-11).
"""

import asyncio
from collections.abc import Callable
from typing import Final, TypeVar

from argon2 import PasswordHasher as Argon2
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from central_server.kit.errors import TooMany

MIN_LENGTH: Final = 10
MAX_LENGTH: Final = 200
_AT_ONCE: Final = 2
_MAX_WAITING: Final = 8
_T = TypeVar("_T")


class PasswordHasher:
    """Hashes and checks passwords."""

    def __init__(self) -> None:
        """With the parameters above."""
        self._argon2 = Argon2(time_cost=2, memory_cost=19 * 1024, parallelism=1)
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._waiting = 0
        # Checked in place of an unknown name's, so that the answer takes as long.
        self._nobody = self._argon2.hash("nobody has this password")

    async def hash(self, password: str) -> str:
        """The encoded hash; TooMany if too many others wait."""
        return await self._run(lambda: self._argon2.hash(password))

    async def is_right(self, password: str, encoded: str | None) -> bool:
        """Whether `password` is the one hashed; None, an unknown name, takes the same time."""
        is_match = await self._run(lambda: self._check(password, encoded or self._nobody))
        return is_match and encoded is not None

    def _check(self, password: str, encoded: str) -> bool:
        try:
            return self._argon2.verify(encoded, password)
        except (VerifyMismatchError, VerificationError, InvalidHashError):
            return False

    async def _run(self, work: Callable[[], _T]) -> _T:
        if self._waiting >= _MAX_WAITING:
            raise TooMany(2)
        self._waiting += 1
        try:
            async with self._slots:
                return await asyncio.to_thread(work)
        finally:
            self._waiting -= 1
