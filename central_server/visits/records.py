"""A visit as the centre holds it, and what is asked about visits. Frozen data.

Times ending in `_s` are seconds since 1970 UTC, those ending in `_ms` milliseconds.
"""

from enum import StrEnum

import msgspec

from access_core.ids import GateId, HolderId
from central_server.visits.rules import Purpose, VisitState, Window, state_now


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """One visit."""

    visit_id: int
    state: VisitState
    """As stored; `state_at` says what holds now."""
    before_cancel: VisitState | None
    booked_ms: int
    changed_ms: int
    version: int
    """Grows with every change; the visitor's page watches it."""
    starts_s: int
    ends_s: int
    decide_by_s: int
    gate_id: GateId
    purpose: Purpose
    name: str
    phone: str
    email: str
    host_name: str
    host_department: str
    host_id: int | None
    """The operator who decides; None: the security desk."""
    companions: int
    plate: str
    note: str
    consent_version: str
    language: str
    holder_id: HolderId | None
    """There once it was approved."""
    reason: str
    """Why it was declined or withdrawn, for the visitor."""

    @property
    def subject(self) -> str:
        """What passes and the audit call it."""
        return f"visit:{self.visit_id}"

    @property
    def window(self) -> Window:
        """When the visitor may be on the campus."""
        return Window(self.starts_s, self.ends_s)

    @property
    def entries(self) -> int:
        """How many may come in: the visitor and their companions, once each."""
        return 1 + self.companions

    def state_at(self, now_s: int) -> VisitState:
        """The state that holds at `now_s`."""
        return state_now(self.state, decide_by_s=self.decide_by_s, ends_s=self.ends_s, now_s=now_s)


class Whose(StrEnum):
    """Whose visits are listed."""

    HOST = "host"
    """Those one host decides about."""
    DESK = "desk"
    """All; the desk decides about those without a host."""


class VisitQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which visits to list; newest arrival first."""

    host_id: int | None = None
    """Only of this host; None: of all."""
    ends_after_s: int | None = None
    words: str = ""
    """Part of a name or a plate, or the last four digits of a phone; empty: no search."""
    subject_id: int | None = None
    """Only this visit."""
    count: int = 100
