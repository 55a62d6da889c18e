"""What several devices use together: a bus, a broker's connection. Made once, run once.

Two readers on one RS-485 line name the same port in their settings; the first of them makes the
bus, the second gets the same one.
"""

from collections.abc import Callable, Hashable
from typing import Protocol, TypeVar, cast


class Service(Protocol):
    """Something that runs beside the drivers that use it."""

    async def run(self) -> None:
        """Serve until cancelled."""
        ...


ServiceT = TypeVar("ServiceT", bound=Service)


class Shared:
    """The services of one program; the composition root runs each of `services()`."""

    def __init__(self) -> None:
        """Empty; factories in `registry` fill it."""
        self._made: dict[tuple[type[Service], Hashable], Service] = {}

    def get(self, kind: type[ServiceT], key: Hashable, make: Callable[[], ServiceT]) -> ServiceT:
        """The service of this kind and key, made now if nobody has asked for it before."""
        if (kind, key) not in self._made:
            self._made[kind, key] = make()
        return cast("ServiceT", self._made[kind, key])

    def services(self) -> tuple[Service, ...]:
        """Everything made so far, in that order."""
        return tuple(self._made.values())
