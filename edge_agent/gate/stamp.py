"""Access events and command ids with everything that is the same for all of one gate."""

from dataclasses import dataclass

from access_core.clock import Instant
from access_core.devices.events import Direction
from access_core.ids import AccessPointId, CommandId, GateId, HolderId, PassId
from access_core.model.access_event import AccessEvent, AccessEventKind, ClockState
from edge_agent.gate.commands import RecordEvent
from edge_agent.gate.facts import SiteFacts

MAX_DETAIL = 200
"""Characters of `AccessEvent.detail`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Whom and what an event is about, as far as known."""

    access_point_id: AccessPointId | None = None
    direction: Direction | None = None
    decision_id: CommandId | None = None
    pass_id: PassId | None = None
    holder_id: HolderId | None = None
    step: int | None = None


NOBODY = Subject()


@dataclass(slots=True, kw_only=True)
class Stamp:
    """What the gate knows of itself at this moment; stands on every event it makes."""

    gate_id: GateId
    boot: str
    """The boot id: monotonic times of two boots cannot be compared."""
    run: str
    """Unique to this run of the program; ids begin with it."""
    is_offline: bool = True
    facts: SiteFacts | None = None
    _count: int = 0

    def next_id(self) -> CommandId:
        """An id that was never given before, for a decision or a command."""
        self._count += 1
        return CommandId(f"{self.run}-{self._count}")

    def record(
        self,
        kind: AccessEventKind,
        now: Instant,
        subject: Subject = NOBODY,
        reasons: tuple[str, ...] = (),
        *,
        detail: str = "",
    ) -> RecordEvent:
        """The command to record such an event; nothing waits for it."""
        return RecordEvent(event=self.event(kind, now, subject, reasons=reasons, detail=detail))

    def event(
        self,
        kind: AccessEventKind,
        now: Instant,
        subject: Subject = NOBODY,
        *,
        reasons: tuple[str, ...] = (),
        notes: tuple[str, ...] = (),
        detail: str = "",
    ) -> AccessEvent:
        """An event of this gate at `now`; `detail` is cut to its limit."""
        is_suspect = self.facts is not None and self.facts.is_clock_suspect(now)
        return AccessEvent(
            kind=kind,
            wall_ms=now.wall_ms,
            mono_ns=now.mono_ns,
            boot=self.boot,
            clock=ClockState.SUSPECT if is_suspect else ClockState.SYNCHRONISED,
            gate_id=self.gate_id,
            access_point_id=subject.access_point_id,
            direction=subject.direction,
            decision_id=subject.decision_id,
            pass_id=subject.pass_id,
            holder_id=subject.holder_id,
            step=subject.step,
            reasons=reasons,
            notes=notes,
            is_offline=self.is_offline,
            revision=0 if self.facts is None else self.facts.revision,
            detail=detail[:MAX_DETAIL],
        )
