"""The host without a browser: decides about visits on the pages for hosts."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from device_drivers.system_clock import SystemClock
from simulators.web_person import Page, PageProblem, WebPerson

LIST = "/my-visits"
_MARGIN = timedelta(seconds=5)
"""An end nearer than this may be past before the form arrives."""


class HostAtPages(ABC):
    """Implements `cast.Host` on the pages for hosts, however they are used."""

    def __init__(self, time_zone: str) -> None:
        """`time_zone`: that of the campus, in which its pages speak."""
        self._zone = ZoneInfo(time_zone)
        self._clock = SystemClock()

    async def approve(self, full_name: str) -> None:
        """Approve the visit of `full_name`."""
        await self._decide(full_name, "approve", {})

    async def withdraw(self, full_name: str) -> None:
        """Take the approval back."""
        await self._decide(full_name, "withdraw", {})

    async def shorten(self, full_name: str) -> int:
        """End the visit at the next full minute; that moment, seconds since 1970 UTC."""
        ends = next_minute(self._clock.now().utc())
        local = ends.astimezone(self._zone)
        await self._decide(full_name, "shorten", {"until": f"{local:%H:%M}"})
        return int(ends.timestamp())

    @abstractmethod
    async def _decide(self, full_name: str, act: str, typed: Mapping[str, str]) -> None:
        """Fill `typed` into the form of `act` on the page of the visit of `full_name`; send it."""


class PlainHost(HostAtPages):
    """A host who uses plain requests; `person` is signed in as the host."""

    def __init__(self, person: WebPerson, time_zone: str) -> None:
        """`time_zone`: that of the campus, in which its pages speak."""
        super().__init__(time_zone)
        self._person = person

    async def _decide(self, full_name: str, act: str, typed: Mapping[str, str]) -> None:
        page = await self._visit_of(full_name)
        await self._person.send(page, page.form(f"/{act}"), dict(typed))

    async def _visit_of(self, full_name: str) -> Page:
        page = await self._person.visit(LIST)
        for element in page.elements:
            href = element.attributes.get("href", "")
            if href.startswith(f"{LIST}/") and page.words[element.words_before] == full_name:
                return await self._person.visit(href)
        raise PageProblem(f"{page.url}: lists no visit of {full_name}")


def next_minute(now: datetime) -> datetime:
    """The first full minute that is not too near to be typed; `now` must be aware."""
    later = (now + _MARGIN).astimezone(UTC)
    return later.replace(second=0, microsecond=0) + timedelta(minutes=1)
