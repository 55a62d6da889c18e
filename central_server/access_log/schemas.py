"""What can be asked of the access log, and what it shows."""

from dataclasses import dataclass, field

from pydantic import Field

from access_core.devices.events import Direction
from access_core.model.access_event import AccessEventKind
from access_core.policy.reasons import ReasonCode
from central_server.kit.forms import FormModel


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFilter:
    """Which events; None does not restrict. Ids are bounds in time."""

    from_id: int | None = None
    until_id: int | None = None
    gate: int | None = None
    persons: tuple[int, ...] | None = None
    kind: int | None = None
    reason: int | None = None
    is_offline: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The search form as it was typed."""

    gate: str = ""
    person: str = ""
    """A holder's number."""
    name: str = ""
    kind: str = ""
    reason: str = ""
    begins: str = ""
    """Local, `2026-11-23T08:00`."""
    ends: str = ""
    offline: str = ""

    def as_dict(self) -> dict[str, str]:
        """What was typed, without the empty fields: the query of the next page's address."""
        pairs = ((name, getattr(self, name)) for name in self.__dataclass_fields__)
        return {name: value for name, value in pairs if value}


@dataclass(frozen=True, slots=True, kw_only=True)
class EventView:
    """An event as the list shows it."""

    event_id: int
    wall_ms: int
    received_ms: int
    gate_zh: str
    gate_en: str
    direction: Direction | None
    kind: AccessEventKind
    reason: ReasonCode | None
    is_denied: bool
    person: int | None
    person_name: str
    """Masked."""
    is_offline: bool

    @property
    def is_late(self) -> bool:
        """Whether it came more than a minute after it happened."""
        return self.received_ms - self.wall_ms > 60_000  # noqa: PLR2004 - a minute


@dataclass(frozen=True, slots=True, kw_only=True)
class EventDetail:
    """One event with everything the edge said of it."""

    event: EventView
    fields: dict[str, str] = field(default_factory=dict[str, str])
    """The line as kept, name by name."""


class RevealForm(FormModel):
    """Why somebody wants to see a name, or takes data out."""

    reason: str = Field(min_length=3, max_length=200)
