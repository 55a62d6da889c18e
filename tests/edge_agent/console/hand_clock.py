"""A clock that a test moves by hand."""

from access_core.clock import Instant
from tests.facts import AT


class HandClock:
    """Stands until it is moved."""

    def __init__(self) -> None:
        """At `AT`."""
        self.at = AT

    def now(self) -> Instant:
        """Where it was moved."""
        return self.at
