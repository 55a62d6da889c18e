"""Tables and all SQL of operators."""

from collections.abc import Iterable

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, String, delete, func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from central_server.kit.database import Session, Table
from central_server.kit.permissions import Role


class OperatorRow(Table):
    """One operator. Without a password hash nobody can sign in as them yet."""

    __tablename__ = "operator"

    id: Mapped[int] = mapped_column(primary_key=True)
    login_name: Mapped[str] = mapped_column(String(64), unique=True)
    """Lower case."""
    full_name: Mapped[str] = mapped_column(String(60))
    department: Mapped[str] = mapped_column(String(80), default="")
    is_enabled: Mapped[bool] = mapped_column(default=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    created_ms: Mapped[int] = mapped_column(BigInteger)


class OperatorRoleRow(Table):
    """One role of one operator."""

    __tablename__ = "operator_role"

    operator_id: Mapped[int] = mapped_column(
        ForeignKey("operator.id", ondelete="CASCADE"), primary_key=True
    )
    role: Mapped[str] = mapped_column(String(20), primary_key=True)


class SessionRow(Table):
    """A browser in which somebody is signed in."""

    __tablename__ = "operator_session"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    operator_id: Mapped[int] = mapped_column(
        ForeignKey("operator.id", ondelete="CASCADE"), index=True
    )
    created_ms: Mapped[int] = mapped_column(BigInteger)
    seen_ms: Mapped[int] = mapped_column(BigInteger)
    source: Mapped[str] = mapped_column(String(45))


class LinkRow(Table):
    """A link that sets a password once; without an operator it makes the first administrator."""

    __tablename__ = "one_time_link"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    operator_id: Mapped[int | None] = mapped_column(ForeignKey("operator.id", ondelete="CASCADE"))
    expires_ms: Mapped[int] = mapped_column(BigInteger)


async def add(session: Session, row: OperatorRow, roles: Iterable[Role]) -> OperatorRow:
    """Store a new operator with roles."""
    session.add(row)
    await session.flush()
    session.add_all(OperatorRoleRow(operator_id=row.id, role=role) for role in roles)
    await session.flush()
    return row


async def set_roles(session: Session, operator_id: int, roles: Iterable[Role]) -> None:
    """Replace the roles of an operator."""
    await session.execute(delete(OperatorRoleRow).where(OperatorRoleRow.operator_id == operator_id))
    session.add_all(OperatorRoleRow(operator_id=operator_id, role=role) for role in roles)
    await session.flush()


async def get(session: Session, operator_id: int) -> OperatorRow | None:
    """By id."""
    return await session.get(OperatorRow, operator_id)


async def by_login_name(session: Session, login_name: str) -> OperatorRow | None:
    """By login name, lower case."""
    query = select(OperatorRow).where(OperatorRow.login_name == login_name)
    return (await session.scalars(query)).one_or_none()


async def with_role_named(session: Session, role: Role, full_name: str) -> list[OperatorRow]:
    """Enabled operators with a role and exactly this name (case does not count)."""
    query = (
        select(OperatorRow)
        .join(OperatorRoleRow, OperatorRoleRow.operator_id == OperatorRow.id)
        .where(
            OperatorRoleRow.role == role,
            func.lower(OperatorRow.full_name) == full_name.lower(),
            OperatorRow.is_enabled,
        )
    )
    return list((await session.scalars(query)).all())


async def everyone(session: Session) -> list[tuple[OperatorRow, frozenset[Role]]]:
    """All operators with their roles, by name."""
    roles: dict[int, set[Role]] = {}
    for row in await session.scalars(select(OperatorRoleRow)):
        roles.setdefault(row.operator_id, set()).add(Role(row.role))
    operators = await session.scalars(select(OperatorRow).order_by(OperatorRow.full_name))
    return [(row, frozenset(roles.get(row.id, ()))) for row in operators]


async def roles_of(session: Session, operator_id: int) -> frozenset[Role]:
    """The roles of one operator."""
    query = select(OperatorRoleRow.role).where(OperatorRoleRow.operator_id == operator_id)
    return frozenset(Role(role) for role in await session.scalars(query))


async def enabled_with_role(session: Session, role: Role) -> int:
    """How many enabled operators have `role`."""
    query = (
        select(func.count())
        .select_from(OperatorRow)
        .join(OperatorRoleRow, OperatorRoleRow.operator_id == OperatorRow.id)
        .where(OperatorRoleRow.role == role, OperatorRow.is_enabled)
    )
    return (await session.scalar(query)) or 0


async def add_session(session: Session, row: SessionRow) -> None:
    """Store a new session."""
    session.add(row)
    await session.flush()


async def find_session(
    session: Session, token_hash: bytes
) -> tuple[SessionRow, OperatorRow] | None:
    """A session and its operator."""
    query = (
        select(SessionRow, OperatorRow)
        .join(OperatorRow, OperatorRow.id == SessionRow.operator_id)
        .where(SessionRow.token_hash == token_hash)
    )
    found = (await session.execute(query)).one_or_none()
    return None if found is None else (found[0], found[1])


async def touch_session(session: Session, token_hash: bytes, now_ms: int) -> None:
    """Note that the session is in use."""
    await session.execute(
        update(SessionRow).where(SessionRow.token_hash == token_hash).values(seen_ms=now_ms)
    )


async def end_session(session: Session, token_hash: bytes) -> None:
    """Forget one session."""
    await session.execute(delete(SessionRow).where(SessionRow.token_hash == token_hash))


async def end_sessions_of(session: Session, operator_id: int) -> None:
    """Forget every session of an operator."""
    await session.execute(delete(SessionRow).where(SessionRow.operator_id == operator_id))


async def end_sessions_before(session: Session, *, created_ms: int, seen_ms: int) -> None:
    """Forget sessions made before `created_ms` or last used before `seen_ms`."""
    await session.execute(
        delete(SessionRow).where(
            (SessionRow.created_ms < created_ms) | (SessionRow.seen_ms < seen_ms)
        )
    )


async def replace_link(session: Session, row: LinkRow) -> None:
    """Store a one-time link; earlier ones for the same operator are void."""
    await session.execute(delete(LinkRow).where(LinkRow.operator_id.is_(row.operator_id)))
    session.add(row)
    await session.flush()


async def find_link(session: Session, token_hash: bytes) -> LinkRow | None:
    """A link that has not been used."""
    return await session.get(LinkRow, token_hash)


async def drop_link(session: Session, token_hash: bytes) -> None:
    """A link is used up."""
    await session.execute(delete(LinkRow).where(LinkRow.token_hash == token_hash))
