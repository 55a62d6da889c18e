"""Who has signed in at the console, in memory: a restart signs everybody out."""

import hmac
import secrets
from dataclasses import dataclass, field
from typing import Final

from access_core.clock import Clock, Instant

IDLE_MS: Final = 30 * 60_000
LONGEST_MS: Final = 8 * 3_600_000
"""A technician's working day."""
MOST: Final = 4
"""Sessions at one time; one more ends the oldest."""
_TOKEN_BYTES: Final = 24


@dataclass(slots=True, kw_only=True)
class Session:
    """One browser that has shown a code."""

    number: int
    """For the journal: `console 3` is the third sign-in since the program started."""
    begun: Instant
    used: Instant
    form_key: str = field(default_factory=lambda: secrets.token_urlsafe(_TOKEN_BYTES), repr=False)
    """Stands in every form of this session, and in no other page."""

    @property
    def who(self) -> str:
        """As commands and the journal name it."""
        return f"console {self.number}"

    def is_own_form(self, key: str) -> bool:
        """Whether a form came from a page of this session."""
        return hmac.compare_digest(key.encode(), self.form_key.encode())


class Sessions:
    """Sessions by their token."""

    def __init__(self, clock: Clock) -> None:
        """Nobody is signed in."""
        self._clock = clock
        self._by_token: dict[str, Session] = {}
        self._count = 0

    def begin(self) -> str:
        """Sign in a browser that has shown the code; its token."""
        self._end_old()
        while len(self._by_token) >= MOST:
            oldest = min(self._by_token, key=lambda token: self._by_token[token].used.mono_ns)
            del self._by_token[oldest]
        now, token = self._clock.now(), secrets.token_urlsafe(_TOKEN_BYTES)
        self._count += 1
        self._by_token[token] = Session(number=self._count, begun=now, used=now)
        return token

    def find(self, token: str) -> Session | None:
        """The session of `token`, which is used by asking; None if there is none (any more)."""
        self._end_old()
        session = self._by_token.get(token)
        if session is not None:
            session.used = self._clock.now()
        return session

    def end(self, token: str) -> None:
        """Sign out."""
        self._by_token.pop(token, None)

    def _end_old(self) -> None:
        now = self._clock.now()
        over = [
            token
            for token, session in self._by_token.items()
            if now.ms_since(session.used) > IDLE_MS or now.ms_since(session.begun) > LONGEST_MS
        ]
        for token in over:
            del self._by_token[token]
