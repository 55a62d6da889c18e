"""How a peripheral stands with its panel: heard when, known as what, tried how often. No I/O."""

from typing import Final

from access_core.clock import Instant
from access_core.devices.health import DEGRADED_AFTER_MS, OFFLINE_AFTER_MS
from device_drivers.osdp_bus.messages import (
    Abilities,
    Capability,
    Code,
    Identity,
    Reply,
    read_abilities,
    read_identity,
)

WAITS_MS: Final = (100, 250, 500, 1_000, 2_000, 4_000, 5_000)
"""After so many failures in a row, wait so long; the last holds for all that follow."""
STALE_AFTER_MS: Final = DEGRADED_AFTER_MS
"""After so long without a good answer, what it says may be old."""


class Hearing:
    """When it was last heard, and whether what it says is new."""

    def __init__(self) -> None:
        """Never heard."""
        self._last_good: Instant | None = None
        self.is_clean = False
        """It has had nothing to say since it is there: what comes now happens now."""

    def heard(self, now: Instant) -> None:
        """It gave a good answer."""
        if self._last_good is None or now.ms_since(self._last_good) >= STALE_AFTER_MS:
            self.is_clean = False
        self._last_good = now

    def offline_at(self) -> Instant | None:
        """From when on its silence means that it is gone; None if it never was there."""
        return None if self._last_good is None else self._last_good.plus_ms(OFFLINE_AFTER_MS)


class Patience:
    """How long to wait before the next attempt."""

    def __init__(self) -> None:
        """Nothing has failed."""
        self._failures = 0

    def failed(self, now: Instant) -> Instant:
        """When to try again."""
        wait_ms = WAITS_MS[min(self._failures, len(WAITS_MS) - 1)]
        self._failures += 1
        return now.plus_ms(wait_ms)

    def succeeded(self) -> None:
        """The next failure is the first."""
        self._failures = 0


class Known:
    """What it has said of itself, within a secure session."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.identity = Identity(bytes(3), 0, 0, 0, (0, 0, 0))
        self.abilities = Abilities({})

    def learn(self, body: bytes) -> None:
        """Take what an answer says of it, if it does. Raises MalformedMessage."""
        if body[0] == Reply.PDID:
            self.identity = read_identity(body[1:])
        if body[0] == Reply.PDCAP:
            self.abilities = read_abilities(body[1:])

    def states(self) -> list[Code]:
        """The questions after which everything is known that it tells of its surroundings."""
        states = [Code.LSTAT]
        if self.abilities.count(Capability.INPUTS):
            states.append(Code.ISTAT)
        if self.abilities.count(Capability.OUTPUTS):
            states.append(Code.OSTAT)
        return states
