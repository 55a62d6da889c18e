"""Sign people in and out, hand out one-time links, change who may do what."""

from collections.abc import Iterable
from dataclasses import dataclass

from central_server.config import SessionSettings
from central_server.kit.audit import Action, By, record
from central_server.kit.cookies import new_token, token_hash
from central_server.kit.database import Database, Session
from central_server.kit.errors import Conflict, Invalid, NotFound
from central_server.kit.i18n import Text, text
from central_server.kit.passwords import PasswordHasher
from central_server.kit.permissions import Role, permissions_of
from central_server.kit.signed_in import SignedIn
from central_server.operators import repository
from central_server.operators.repository import LinkRow, OperatorRow, SessionRow
from central_server.operators.schemas import FirstOperatorForm, NewOperatorForm, SignInForm

_TOUCH_EVERY_MS = 60_000
_MINUTE_MS = 60_000
_HOUR_MS = 3_600_000


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorView:
    """An operator on the list."""

    operator_id: int
    login_name: str
    full_name: str
    department: str
    roles: tuple[Role, ...]
    is_enabled: bool
    has_password: bool


class SignInRefusedError(Invalid):
    """Name or password is wrong; which of them is not said."""

    status = 401
    code = "sign_in_refused"


async def sign_in(
    database: Database,
    passwords: PasswordHasher,
    settings: SessionSettings,
    form: SignInForm,
    by: By,
) -> str:
    """A new session's token; SignInRefusedError if name or password is wrong.

    The hash is checked outside of any transaction, so that it holds up no writer.
    """
    async with database.reading() as session:
        row = await repository.by_login_name(session, form.login_name.lower())
        encoded = row.password_hash if row is not None and row.is_enabled else None
    is_right = await passwords.is_right(form.password, encoded)
    async with database.writing() as session:
        if row is None or not is_right:
            subject = f"operator:{row.id}" if row else "operator:unknown"
            await record(session, by.did(Action.SIGN_IN_REFUSED, subject))
            token = None
        else:
            await forget_old_sessions(session, settings, by.now_ms)
            token = await _begin_session(session, row.id, by)
            signed = By(now_ms=by.now_ms, operator_id=row.id, source=by.source)
            await record(session, signed.did(Action.SIGNED_IN, f"operator:{row.id}"))
    if token is None:
        raise SignInRefusedError(text("Name or password is wrong."))
    return token


async def find_session(
    database: Database, settings: SessionSettings, hashed: bytes, now_ms: int
) -> SignedIn | None:
    """Who the session belongs to; None if it is unknown, idle too long or too old."""
    async with database.reading() as session:
        found = await repository.find_session(session, hashed)
        if found is None or not found[1].is_enabled:
            return None
        session_row, operator = found
        roles = await repository.roles_of(session, operator.id)
    is_over = (
        now_ms - session_row.seen_ms >= settings.idle_min * _MINUTE_MS
        or now_ms - session_row.created_ms >= settings.absolute_h * _HOUR_MS
    )
    if is_over:
        async with database.writing() as session:
            await repository.end_session(session, hashed)
        return None
    if now_ms - session_row.seen_ms >= _TOUCH_EVERY_MS:
        async with database.writing() as session:
            await repository.touch_session(session, hashed, now_ms)
    return SignedIn(
        operator_id=operator.id, full_name=operator.full_name, permissions=permissions_of(roles)
    )


async def sign_out(session: Session, token: str, by: By) -> None:
    """End the session of `token`."""
    await repository.end_session(session, token_hash(token))
    await record(session, by.did(Action.SIGNED_OUT, f"operator:{by.operator_id}"))


async def sign_out_everywhere(session: Session, operator_id: int, by: By) -> None:
    """End every session of an operator."""
    await repository.end_sessions_of(session, operator_id)
    await record(session, by.did(Action.SIGNED_OUT, f"operator:{operator_id}", "everywhere"))


async def make_first_link(session: Session, now_ms: int, link_h: int) -> str | None:
    """A link's token to make the first administrator; None if there is one already."""
    if await repository.enabled_with_role(session, Role.ADMINISTRATOR):
        return None
    token = new_token()
    expires_ms = now_ms + link_h * _HOUR_MS
    link = LinkRow(token_hash=token_hash(token), operator_id=None, expires_ms=expires_ms)
    await repository.replace_link(session, link)
    return token


async def make_link(session: Session, operator_id: int, link_h: int, by: By) -> str:
    """A link's token with which the operator sets a password; earlier links are void."""
    token = new_token()
    expires_ms = by.now_ms + link_h * _HOUR_MS
    link = LinkRow(token_hash=token_hash(token), operator_id=operator_id, expires_ms=expires_ms)
    await repository.replace_link(session, link)
    await record(session, by.did(Action.LINK_MADE, f"operator:{operator_id}"))
    return token


@dataclass(frozen=True, slots=True)
class OpenLink:
    """A link that is still good; without an operator it makes the first administrator."""

    operator: OperatorRow | None


async def open_link(session: Session, token: str, now_ms: int) -> OpenLink:
    """What a link is for; NotFound if it is unknown, used or over."""
    link = await repository.find_link(session, token_hash(token))
    if link is None or link.expires_ms <= now_ms:
        raise NotFound(text("This link has been used or is over. Ask for a new one."))
    if link.operator_id is None:
        return OpenLink(None)
    return OpenLink(await repository.get(session, link.operator_id))


async def accept_first(
    session: Session, token: str, form: FirstOperatorForm, password_hash: str, by: By
) -> str:
    """Make the first administrator, sign them in, and give the session's token."""
    opened = await open_link(session, token, by.now_ms)
    has_one = await repository.enabled_with_role(session, Role.ADMINISTRATOR)
    if opened.operator is not None or has_one:
        raise NotFound(text("This link has been used or is over. Ask for a new one."))
    row = OperatorRow(
        login_name=form.login_name,
        full_name=form.full_name,
        password_hash=password_hash,
        created_ms=by.now_ms,
    )
    await repository.add(session, row, (Role.ADMINISTRATOR,))
    await repository.drop_link(session, token_hash(token))
    signed = By(now_ms=by.now_ms, operator_id=row.id, source=by.source)
    await record(session, signed.did(Action.OPERATOR_ADDED, f"operator:{row.id}", "first"))
    return await _begin_session(session, row.id, by)


async def accept_password(session: Session, token: str, password_hash: str, by: By) -> str:
    """Set the password that a link is for, end old sessions, sign in; the session's token."""
    operator = (await open_link(session, token, by.now_ms)).operator
    if operator is None:
        raise NotFound
    operator.password_hash = password_hash
    await repository.drop_link(session, token_hash(token))
    await repository.end_sessions_of(session, operator.id)
    await record(session, by.did(Action.PASSWORD_SET, f"operator:{operator.id}"))
    return await _begin_session(session, operator.id, by)


async def add_operator(session: Session, form: NewOperatorForm, by: By) -> OperatorRow:
    """A new account without a password; Conflict if the name is taken."""
    if await repository.by_login_name(session, form.login_name) is not None:
        raise Conflict(text("This login name is taken."))
    row = OperatorRow(
        login_name=form.login_name,
        full_name=form.full_name,
        department=form.department,
        created_ms=by.now_ms,
    )
    await repository.add(session, row, form.roles)
    detail = ",".join(sorted(form.roles))
    await record(session, by.did(Action.OPERATOR_ADDED, f"operator:{row.id}", detail))
    return row


async def change_operator(
    session: Session, operator_id: int, roles: Iterable[Role], *, is_enabled: bool, by: By
) -> Text | None:
    """Set roles and whether the account may be used; words if that would leave no administrator.

    Whoever is changed is signed out everywhere, so that old rights end at once.
    """
    row = await get_operator(session, operator_id)
    chosen = frozenset(roles)
    had = await repository.roles_of(session, operator_id)
    loses_administrator = Role.ADMINISTRATOR in had and row.is_enabled
    keeps_administrator = Role.ADMINISTRATOR in chosen and is_enabled
    if loses_administrator and not keeps_administrator:
        others = await repository.enabled_with_role(session, Role.ADMINISTRATOR) - 1
        if others < 1:
            return text("This is the last administrator. Make another one first.")
    row.is_enabled = is_enabled
    await repository.set_roles(session, operator_id, chosen)
    await repository.end_sessions_of(session, operator_id)
    detail = f"enabled={is_enabled} roles={','.join(sorted(chosen))}"
    await record(session, by.did(Action.OPERATOR_CHANGED, f"operator:{operator_id}", detail))
    return None


async def get_operator(session: Session, operator_id: int) -> OperatorRow:
    """One operator; NotFound if there is none."""
    row = await repository.get(session, operator_id)
    if row is None:
        raise NotFound
    return row


async def view_operator(session: Session, operator_id: int) -> OperatorView:
    """One operator as on the list; NotFound if there is none."""
    row = await get_operator(session, operator_id)
    return _view(row, await repository.roles_of(session, operator_id))


async def list_operators(session: Session) -> tuple[OperatorView, ...]:
    """Everyone, by name."""
    return tuple(_view(row, roles) for row, roles in await repository.everyone(session))


async def find_hosts(session: Session, full_name: str) -> tuple[OperatorView, ...]:
    """Operators who can be visited under exactly this name. Never shown to a visitor."""
    rows = await repository.with_role_named(session, Role.HOST, full_name.strip())
    return tuple(_view(row, frozenset({Role.HOST})) for row in rows)


async def forget_old_sessions(session: Session, settings: SessionSettings, now_ms: int) -> None:
    """Remove sessions that are over; done whenever somebody signs in."""
    await repository.end_sessions_before(
        session,
        created_ms=now_ms - settings.absolute_h * _HOUR_MS,
        seen_ms=now_ms - settings.idle_min * _MINUTE_MS,
    )


async def _begin_session(session: Session, operator_id: int, by: By) -> str:
    token = new_token()
    row = SessionRow(
        token_hash=token_hash(token),
        operator_id=operator_id,
        created_ms=by.now_ms,
        seen_ms=by.now_ms,
        source=by.source,
    )
    await repository.add_session(session, row)
    return token


def _view(row: OperatorRow, roles: frozenset[Role]) -> OperatorView:
    return OperatorView(
        operator_id=row.id,
        login_name=row.login_name,
        full_name=row.full_name,
        department=row.department,
        roles=tuple(role for role in Role if role in roles),
        is_enabled=row.is_enabled,
        has_password=row.password_hash is not None,
    )
