"""The table of passes and all SQL about it."""

from collections.abc import Iterable, Sequence

from sqlalchemy import JSON, BigInteger, Index, LargeBinary, String, select, update
from sqlalchemy.orm import Mapped, mapped_column

from access_core.ids import AccessLevelId, HolderId, PassId
from access_core.model.credential import CredentialStatus
from access_core.passes.pass_token import PassType
from central_server.kit.database import Session, Table
from central_server.passes.schemas import PassOrder, PassRecord


class CredentialRow(Table):
    """One pass; `schemas.PassOrder` and `schemas.PassRecord` say what the columns mean."""

    __tablename__ = "credential"
    __table_args__ = (
        Index("ix_credential_subject", "subject"),
        Index("ix_credential_holder_id", "holder_id"),
        Index("ix_credential_valid_until_s", "valid_until_s"),
    )

    pass_id: Mapped[bytes] = mapped_column(LargeBinary(8), primary_key=True)
    subject: Mapped[str] = mapped_column(String(40))
    holder_id: Mapped[str] = mapped_column(String(40))
    status: Mapped[str] = mapped_column(String(10))
    pass_type: Mapped[int]
    valid_from_s: Mapped[int] = mapped_column(BigInteger)
    valid_until_s: Mapped[int] = mapped_column(BigInteger)
    access_levels: Mapped[list[str]] = mapped_column(JSON)
    zones: Mapped[int] = mapped_column(BigInteger)
    uses: Mapped[int]
    short_code: Mapped[str | None] = mapped_column(String(8), unique=True)
    claim_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    anchor: Mapped[bytes | None] = mapped_column(LargeBinary(16))
    signed: Mapped[bytes | None] = mapped_column(LargeBinary(200))
    made_ms: Mapped[int] = mapped_column(BigInteger)


def _record(row: CredentialRow) -> PassRecord:
    return PassRecord(
        pass_id=PassId(row.pass_id),
        order=PassOrder(
            subject=row.subject,
            holder_id=HolderId(row.holder_id),
            pass_type=PassType(row.pass_type),
            valid_from_s=row.valid_from_s,
            valid_until_s=row.valid_until_s,
            access_levels=tuple(AccessLevelId(level) for level in row.access_levels),
            zones=row.zones,
            uses=row.uses,
        ),
        status=CredentialStatus(row.status),
        short_code=row.short_code,
        claim_hash=row.claim_hash,
        anchor=row.anchor,
        signed=row.signed,
    )


async def add(session: Session, record: PassRecord, made_ms: int) -> None:
    """Store a new pass."""
    order = record.order
    session.add(
        CredentialRow(
            pass_id=record.pass_id,
            subject=order.subject,
            holder_id=order.holder_id,
            status=record.status.value,
            pass_type=int(order.pass_type),
            valid_from_s=order.valid_from_s,
            valid_until_s=order.valid_until_s,
            access_levels=list(order.access_levels),
            zones=order.zones,
            uses=order.uses,
            short_code=record.short_code,
            claim_hash=record.claim_hash,
            anchor=record.anchor,
            signed=record.signed,
            made_ms=made_ms,
        )
    )
    await session.flush()


async def by_id(session: Session, pass_id: PassId) -> PassRecord | None:
    """The pass with this id."""
    row = await session.scalar(
        select(CredentialRow)
        .where(CredentialRow.pass_id == pass_id)
        .execution_options(populate_existing=True)
    )
    return None if row is None else _record(row)


async def of_subjects(session: Session, subjects: Sequence[str]) -> list[PassRecord]:
    """Every pass ever made for these subjects, newest first."""
    rows = await session.scalars(
        select(CredentialRow)
        .where(CredentialRow.subject.in_(subjects))
        .order_by(CredentialRow.made_ms.desc(), CredentialRow.pass_id)
        .execution_options(populate_existing=True)
    )
    return [_record(row) for row in rows]


async def subject_of_short_code(session: Session, short_code: str) -> str | None:
    """What the pass with this short code was made for."""
    return await session.scalar(
        select(CredentialRow.subject).where(CredentialRow.short_code == short_code)
    )


async def by_ids(session: Session, pass_ids: Sequence[PassId]) -> list[PassRecord]:
    """The passes with these ids, in no order; unknown ids are left out."""
    rows = await session.scalars(select(CredentialRow).where(CredentialRow.pass_id.in_(pass_ids)))
    return [_record(row) for row in rows]


async def of_holder(session: Session, holder_id: HolderId) -> list[PassRecord]:
    """Every pass of a holder."""
    rows = await session.scalars(select(CredentialRow).where(CredentialRow.holder_id == holder_id))
    return [_record(row) for row in rows]


async def not_over(session: Session, now_s: int) -> list[PassRecord]:
    """Every pass whose time is not past, revoked ones included."""
    rows = await session.scalars(select(CredentialRow).where(CredentialRow.valid_until_s > now_s))
    return [_record(row) for row in rows]


async def set_status(
    session: Session, pass_ids: Iterable[PassId], status: CredentialStatus
) -> None:
    """Change the status of these passes."""
    await session.execute(
        update(CredentialRow)
        .where(CredentialRow.pass_id.in_(list(pass_ids)))
        .values(status=status.value)
    )


async def release_short_code(session: Session, pass_id: PassId) -> None:
    """Let another pass take over this one's short code."""
    await session.execute(
        update(CredentialRow).where(CredentialRow.pass_id == pass_id).values(short_code=None)
    )


async def set_end(session: Session, pass_id: PassId, valid_until_s: int) -> None:
    """Change until when a pass is valid."""
    await session.execute(
        update(CredentialRow)
        .where(CredentialRow.pass_id == pass_id)
        .values(valid_until_s=valid_until_s)
    )


async def set_signed(
    session: Session, pass_id: PassId, anchor: bytes | None, signed: bytes
) -> None:
    """Store what was signed for a pass."""
    await session.execute(
        update(CredentialRow)
        .where(CredentialRow.pass_id == pass_id)
        .values(anchor=anchor, signed=signed)
    )
