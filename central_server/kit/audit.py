"""Who did what, and who looked at whose data. Written in the transaction of the deed itself."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import BigInteger, Index, String, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from central_server.kit.database import Session, Table


class Action(StrEnum):
    """Everything that is recorded; past participles of what was done."""

    SIGNED_IN = "signed_in"
    SIGN_IN_REFUSED = "sign_in_refused"
    SIGNED_OUT = "signed_out"
    PASSWORD_SET = "password_set"  # noqa: S105 - names a deed
    LINK_MADE = "link_made"
    OPERATOR_ADDED = "operator_added"
    OPERATOR_CHANGED = "operator_changed"
    GATE_ADDED = "gate_added"
    AREA_ADDED = "area_added"
    ENROL_CODE_MADE = "enrol_code_made"
    EDGE_ENROLLED = "edge_enrolled"
    EDGE_REVISION_AHEAD = "edge_revision_ahead"
    HOLDER_ADDED = "holder_added"
    HOLDER_BLOCKED = "holder_blocked"
    HOLDER_UNBLOCKED = "holder_unblocked"
    HOLDER_LEVELS_SET = "holder_levels_set"
    CARD_ISSUED = "card_issued"
    CARD_DISABLED = "card_disabled"
    CARD_ENABLED = "card_enabled"
    CARD_REVOKED = "card_revoked"
    CARD_TERM_CHANGED = "card_term_changed"
    CARDS_IMPORTED = "cards_imported"
    ALARM_ACKNOWLEDGED = "alarm_acknowledged"
    ALARM_CLEARED = "alarm_cleared"
    ACCESS_LEVEL_CHANGED = "access_level_changed"
    SCHEDULE_CHANGED = "schedule_changed"
    PERSON_REVEALED = "person_revealed"
    PERSONS_LISTED = "persons_listed"
    LOG_EXPORTED = "log_exported"
    VISIT_VIEWED = "visit_viewed"
    VISIT_DECIDED = "visit_decided"
    PASS_ISSUED = "pass_issued"  # noqa: S105 - names a deed
    PASS_REVOKED = "pass_revoked"  # noqa: S105 - names a deed


class AuditRow(Table):
    """One deed."""

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_subject", "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at_ms: Mapped[int] = mapped_column(BigInteger)
    operator_id: Mapped[int | None]
    """None: a visitor, an edge or the program itself."""
    action: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(100))
    """What it was done to, as `kind:id`; never a name."""
    detail: Mapped[str] = mapped_column(String(300))
    source: Mapped[str] = mapped_column(String(45))
    """Address it came from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One deed, to be recorded or as read back."""

    at_ms: int
    action: Action
    subject: str = ""
    detail: str = ""
    operator_id: int | None = None
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class By:
    """Who does it, when and from where: the head of every audit entry."""

    now_ms: int
    operator_id: int | None = None
    source: str = ""

    def did(self, action: Action, subject: str, detail: str = "") -> AuditEntry:
        """The audit entry for one deed."""
        return AuditEntry(
            at_ms=self.now_ms,
            action=action,
            subject=subject,
            detail=detail,
            operator_id=self.operator_id,
            source=self.source,
        )


async def record(session: Session, entry: AuditEntry) -> None:
    """Write `entry` in the caller's transaction."""
    await session.execute(
        insert(AuditRow).values(
            at_ms=entry.at_ms,
            operator_id=entry.operator_id,
            action=entry.action.value,
            subject=entry.subject[:100],
            detail=entry.detail[:300],
            source=entry.source[:45],
        )
    )


async def newest(session: Session, *, before_id: int | None, count: int) -> list[AuditRow]:
    """The newest `count` entries older than `before_id` (all if None), newest first."""
    query = select(AuditRow).order_by(AuditRow.id.desc()).limit(count)
    if before_id is not None:
        query = query.where(AuditRow.id < before_id)
    return list((await session.scalars(query)).all())
