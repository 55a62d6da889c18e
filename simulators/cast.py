"""The people of a performance, as what they can do; plain ones and ones with a browser do it."""

from dataclasses import dataclass, field
from typing import Protocol

from simulators.journal_feed import JournalLine
from simulators.qr_camera import Grey
from simulators.scenario import Visitor


@dataclass(frozen=True, slots=True)
class Code:
    """What a phone shows at one moment."""

    text: str
    """The text of the code."""
    phone: Grey = field(repr=False)
    """The phone as a camera could see it."""


class Phone(Protocol):
    """A visitor with a phone."""

    async def book(self, visitor: Visitor, full_name: str) -> None:
        """Fill in the booking page; returns when the status page stands there."""
        ...

    async def open_pass(self) -> None:
        """Wait until the status page has become the pass; returns when a code is shown."""
        ...

    async def code(self) -> Code:
        """What it shows now; needs no network."""
        ...


class Host(Protocol):
    """The person who is visited, signed in at the centre."""

    async def approve(self, full_name: str) -> None:
        """Approve the visit of `full_name`."""
        ...

    async def withdraw(self, full_name: str) -> None:
        """Take the approval back."""
        ...

    async def shorten(self, full_name: str) -> int:
        """End the visit as early as the page allows; the new end, seconds since 1970 UTC."""
        ...


class OpenLog(Protocol):
    """The page of the access log, open on somebody's screen."""

    async def shown_at_ms(self, line: JournalLine) -> int:
        """When the event of `line` appeared, ms since 1970 UTC; waits until it does."""
        ...


class BrowserCast(Protocol):
    """Everybody who plays with a real browser."""

    @property
    def host(self) -> Host:
        """The host at a desk."""
        ...

    @property
    def log_page(self) -> OpenLog:
        """Security's screen."""
        ...

    async def phone(self) -> Phone:
        """One more visitor."""
        ...
