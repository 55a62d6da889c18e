"""Alarms as they are shown and handled."""

from dataclasses import dataclass

from pydantic import Field

from central_server.alarms.rules import LASTING, AlarmKind, AlarmState
from central_server.kit.forms import FormModel


class HandleForm(FormModel):
    """What somebody found or did."""

    note: str = Field(min_length=3, max_length=200)


@dataclass(frozen=True, slots=True, kw_only=True)
class Handled:
    """Somebody dealt with an alarm."""

    at_ms: int
    operator_id: int | None
    """None: nobody had to; the gate says that it is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """One alarm."""

    alarm_id: int
    kind: AlarmKind
    edge_number: int
    device: str
    event_id: int | None
    """The event that raised it first; None for what is no event of a gate."""
    first_ms: int
    last_ms: int
    count: int
    detail: str
    over_ms: int | None
    """Since when what was wrong is so no more; None: it lasts, or was of a moment."""
    state: AlarmState
    acknowledged: Handled | None
    note: str
    cleared: Handled | None

    @property
    def is_lasting(self) -> bool:
        """Whether it is still so, as far as the gate has told."""
        return self.kind in LASTING and self.over_ms is None
