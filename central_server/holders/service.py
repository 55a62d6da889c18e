"""Add, find and block people. Edges know an opaque id and never a name."""

from collections.abc import Collection, Sequence
from typing import Final

from access_core.ids import AccessLevelId, HolderId
from access_core.model.holder import HolderKind
from central_server.access_levels import service as access_levels
from central_server.access_levels.schemas import MEMBERS
from central_server.holders import repository
from central_server.holders.repository import HolderRow
from central_server.holders.schemas import HolderView, NewHolderForm, masked
from central_server.kit.audit import Action, AuditEntry, By, record
from central_server.kit.database import Session
from central_server.kit.errors import NotFound
from central_server.kit.feed import ChangeKind, note_change

PAGE_SIZE: Final = 50
_MEMBERS: Final = frozenset({HolderKind.STAFF, HolderKind.STUDENT})
_AT_ONCE: Final = 500
"""People asked for in one statement."""
MAX_NAMED: Final = 500
"""People a search by name may stand for in the log."""


def holder_id_of(number: int) -> HolderId:
    """What edges and credentials call the holder with this number."""
    return HolderId(f"h{number}")


def number_of(holder_id: str) -> int | None:
    """The number in a holder id; None if it is none of ours."""
    digits = holder_id[1:]
    is_ours = holder_id.startswith("h") and digits.isascii() and digits.isdigit()
    return int(digits) if is_ours and len(digits) < 10 else None  # noqa: PLR2004 - fits 32 bits


async def add_holder(session: Session, form: NewHolderForm, by: By) -> HolderId:
    """A new person's id. Members of the campus begin with the level for members."""
    row = HolderRow(
        access_levels=[MEMBERS] if form.kind in _MEMBERS else [],
        kind=form.kind.value,
        full_name=form.full_name,
        department=form.department,
        created_ms=by.now_ms,
    )
    await repository.add(session, row)
    await record(session, by.did(Action.HOLDER_ADDED, f"holder:{row.number}"))
    return holder_id_of(row.number)


async def search(
    session: Session, *, name_begins: str = "", kind: HolderKind | None = None, after: int = 0
) -> tuple[HolderView, ...]:
    """One page of people, names masked."""
    rows = await repository.search(
        session, name_begins=name_begins, kind=kind, after=after, count=PAGE_SIZE
    )
    return tuple(_view(row, is_masked=True) for row in rows)


async def get_holder(session: Session, number: int) -> HolderView:
    """One person, name masked; NotFound if there is none."""
    return _view(await _row(session, number), is_masked=True)


def list_looked_at(by: By, count: int) -> AuditEntry:
    """That an operator has a list of people before them, names masked."""
    return by.did(Action.PERSONS_LISTED, "holders", f"{count} on the list")


async def reveal_holder(session: Session, number: int, reason: str, by: By) -> HolderView:
    """One person with their name; the look is recorded with its reason."""
    row = await _row(session, number)
    await record(session, by.did(Action.PERSON_REVEALED, f"holder:{number}", reason))
    return _view(row, is_masked=False)


async def set_blocked(
    session: Session, number: int, reason: str, by: By, *, is_blocked: bool
) -> None:
    """Put a person on the block list, or take them off; every gate hears of it."""
    row = await _row(session, number)
    row.is_blocked, row.block_reason = is_blocked, reason if is_blocked else ""
    action = Action.HOLDER_BLOCKED if is_blocked else Action.HOLDER_UNBLOCKED
    await record(session, by.did(action, f"holder:{number}", reason))
    await note_change(session, ChangeKind.HOLDER, holder_id_of(number))


async def set_levels(
    session: Session, number: int, levels: Sequence[AccessLevelId], by: By
) -> None:
    """What every card of a person may do from now on; NotFound for a level that is none."""
    row = await _row(session, number)
    known = {level.access_level_id for level in await access_levels.list_levels(session)}
    if not known.issuperset(levels):
        raise NotFound
    row.access_levels = sorted(set(levels))
    detail = ", ".join(row.access_levels) or "none"
    await record(session, by.did(Action.HOLDER_LEVELS_SET, f"holder:{number}", detail))
    await note_change(session, ChangeKind.HOLDER, holder_id_of(number))


async def levels_of(
    session: Session, numbers: Collection[int]
) -> dict[int, tuple[AccessLevelId, ...]]:
    """Number -> access levels; a number that is nobody's is left out.

    More than a few hundred are answered with everybody's.
    """
    is_few = len(numbers) <= _AT_ONCE
    found = await repository.levels(session, numbers if is_few else None)
    return {number: tuple(map(AccessLevelId, levels)) for number, levels in found.items()}


async def blocked_ids(session: Session) -> frozenset[HolderId]:
    """Everyone on the block list."""
    return frozenset(holder_id_of(number) for number in await repository.blocked_numbers(session))


async def names_of(session: Session, numbers: set[int]) -> dict[int, tuple[str, HolderKind]]:
    """Number -> (full name, kind). The caller masks the name or records the look."""
    found = await repository.names(session, numbers)
    return {number: (name, HolderKind(kind)) for number, (name, kind) in found.items()}


async def numbers_named(session: Session, name_begins: str) -> list[int]:
    """At most `MAX_NAMED` people whose name begins so."""
    return await repository.numbers_named(session, name_begins, MAX_NAMED)


async def _row(session: Session, number: int) -> HolderRow:
    row = await repository.get(session, number)
    if row is None:
        raise NotFound
    return row


def _view(row: HolderRow, *, is_masked: bool) -> HolderView:
    return HolderView(
        holder_id=holder_id_of(row.number),
        number=row.number,
        kind=HolderKind(row.kind),
        name=masked(row.full_name) if is_masked else row.full_name,
        department=row.department,
        access_levels=tuple(map(AccessLevelId, row.access_levels)),
        is_blocked=row.is_blocked,
        block_reason=row.block_reason,
    )
