"""The table of imports and all SQL of it."""

from collections.abc import Sequence

from sqlalchemy import JSON, BigInteger, String, select, update
from sqlalchemy.orm import Mapped, mapped_column

from central_server.card_issuing.schemas import ImportState, Problem
from central_server.kit.database import Session, Table
from central_server.kit.i18n import Text


class CardImportRow(Table):
    """One file; `schemas.ImportState` says what the columns mean. No card stands here."""

    __tablename__ = "card_import"

    id: Mapped[int] = mapped_column(primary_key=True)
    operator_id: Mapped[int | None]
    file_name: Mapped[str] = mapped_column(String(100))
    started_ms: Mapped[int] = mapped_column(BigInteger)
    moved_ms: Mapped[int] = mapped_column(BigInteger)
    total: Mapped[int]
    done: Mapped[int]
    issued: Mapped[int]
    known: Mapped[int]
    refused: Mapped[int]
    problems: Mapped[list[list[object]]] = mapped_column(JSON)
    """[line, message, values]."""


async def add(session: Session, operator_id: int | None, state: ImportState) -> int:
    """Store a new import; its number."""
    row = CardImportRow(
        operator_id=operator_id,
        file_name=state.file_name,
        started_ms=state.started_ms,
        moved_ms=state.moved_ms,
        total=state.total,
        done=state.done,
        issued=state.issued,
        known=state.known,
        refused=state.refused,
        problems=_stored(state.problems),
    )
    session.add(row)
    await session.flush()
    return row.id


async def update_state(session: Session, state: ImportState) -> None:
    """Note how far it has come."""
    await session.execute(
        update(CardImportRow)
        .where(CardImportRow.id == state.import_id)
        .values(
            moved_ms=state.moved_ms,
            done=state.done,
            issued=state.issued,
            known=state.known,
            refused=state.refused,
            problems=_stored(state.problems),
        )
    )


async def get(session: Session, import_id: int) -> ImportState | None:
    """By its number."""
    query = select(CardImportRow).where(CardImportRow.id == import_id)
    row = await session.scalar(query.execution_options(populate_existing=True))
    if row is None:
        return None
    return ImportState(
        import_id=row.id,
        file_name=row.file_name,
        started_ms=row.started_ms,
        moved_ms=row.moved_ms,
        total=row.total,
        done=row.done,
        issued=row.issued,
        known=row.known,
        refused=row.refused,
        problems=tuple(_problem(stored) for stored in row.problems),
    )


def _stored(problems: Sequence[Problem]) -> list[list[object]]:
    return [[p.line, p.said.message, dict(p.said.values)] for p in problems]


def _problem(stored: list[object]) -> Problem:
    line, message, values = stored
    assert isinstance(line, int)  # noqa: S101 - as `_stored` wrote it
    assert isinstance(values, dict)  # noqa: S101 - as `_stored` wrote it
    return Problem(line, Text(str(message), {str(name): value for name, value in values.items()}))
