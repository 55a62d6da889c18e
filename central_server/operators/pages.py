"""Sign-in, one-time links, one's own account, the list of operators, the audit."""

from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from central_server.kit import audit
from central_server.kit.audit import Action, AuditRow
from central_server.kit.centre import ByOf, Centre, CentreOf, Reading, Writing, source_of
from central_server.kit.errors import Conflict
from central_server.kit.forms import Form, read_form
from central_server.kit.guards import Operator, find_operator, public, requires
from central_server.kit.i18n import Text, text
from central_server.kit.passwords import MIN_LENGTH
from central_server.kit.permissions import Permission, Role
from central_server.operators import service
from central_server.operators.audit_texts import ACTION_TEXTS
from central_server.operators.schemas import (
    ChangeOperatorForm,
    FirstOperatorForm,
    NewOperatorForm,
    PasswordForm,
    SignInForm,
)
from central_server.operators.service import OperatorView, SignInRefusedError

router = APIRouter()
_STRANGERS_START: Final = "/visit"
_AUDIT_PAGE: Final = 100

ROLE_NAMES: Final[dict[Role, Text]] = {
    Role.ADMINISTRATOR: text("Administrator: gates, levels, operators"),
    Role.SECURITY: text("Security: gates, log, visitors, block list"),
    Role.HOST: text("Host: approves own visitors"),
    Role.AUDITOR: text("Auditor: reads the log and the audit"),
}


@dataclass(frozen=True, slots=True)
class SignInModel:
    """The sign-in page."""

    form: Form[SignInForm]
    next: str


@dataclass(frozen=True, slots=True)
class LinkModel:
    """The page behind a one-time link."""

    form: Form[FirstOperatorForm] | Form[PasswordForm]
    login_name: str | None
    """None: the first administrator chooses one."""
    min_length: int = MIN_LENGTH


@dataclass(frozen=True, slots=True)
class OperatorsModel:
    """The list of operators."""

    operators: tuple[OperatorView, ...]
    form: Form[NewOperatorForm]
    role_names: dict[Role, Text]
    link: str = ""
    """A one-time link just made, shown once."""
    link_for: str = ""


@dataclass(frozen=True, slots=True)
class OperatorModel:
    """One operator."""

    operator: OperatorView
    form: Form[ChangeOperatorForm]
    role_names: dict[Role, Text]


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One deed in words."""

    entry: AuditRow
    action: Text
    operator: str
    """Empty: a visitor, an edge or the program itself."""


@dataclass(frozen=True, slots=True)
class AuditModel:
    """Who did what."""

    lines: tuple[AuditLine, ...]
    older: int | None


@router.get("/", dependencies=[public("sends everyone to their first page")])
async def start(request: Request, centre: CentreOf) -> Response:
    """The first page of whoever is signed in; a stranger's is the booking."""
    operator = await find_operator(request)
    if operator is not None:
        for entry in centre.pages.nav:
            if operator.may(entry.permission):
                return RedirectResponse(entry.href, status_code=303)
    return RedirectResponse(_STRANGERS_START, status_code=303)


@router.get("/sign-in", dependencies=[public("nobody is signed in before")])
async def sign_in_page(request: Request, centre: CentreOf, next: str = "/") -> Response:  # noqa: A002 - the word in the address
    """The sign-in form."""
    model = SignInModel(Form(), _local(next))
    return centre.pages.render(request, "operators/sign_in.html", model)


@router.post("/sign-in", dependencies=[public("nobody is signed in before")])
async def sign_in(request: Request, centre: CentreOf, by: ByOf) -> Response:
    """Sign in and go where the person wanted to go."""
    centre.limits.sign_in.spend(source_of(request), centre.clock.now())
    form = await read_form(request, SignInForm)
    if form.value is not None:
        try:
            token = await service.sign_in(
                centre.database, centre.passwords, centre.settings.sessions, form.value, by
            )
        except SignInRefusedError as error:
            form = form.with_error("", error.text)
        else:
            return _signed_in(centre, token, _local(form.typed.get("next", "/")))
    model = SignInModel(form, _local(form.typed.get("next", "/")))
    return centre.pages.render(request, "operators/sign_in.html", model, 422)


@router.post("/sign-out", dependencies=[requires(Permission.OWN_ACCOUNT)])
async def sign_out(request: Request, centre: CentreOf, session: Writing, by: ByOf) -> Response:
    """End this session."""
    token = centre.pages.cookies.session_token(request)
    if token is not None:
        await service.sign_out(session, token, by)
    response = RedirectResponse("/sign-in", status_code=303)
    centre.pages.cookies.drop_session(response)
    return response


@router.get("/account", dependencies=[requires(Permission.OWN_ACCOUNT)])
async def account(
    request: Request, centre: CentreOf, session: Reading, operator: Operator
) -> Response:
    """One's own account."""
    view = await service.view_operator(session, operator.operator_id)
    model = OperatorModel(view, Form(), ROLE_NAMES)
    return centre.pages.render(request, "operators/account.html", model)


@router.post("/account/sign-out-everywhere", dependencies=[requires(Permission.OWN_ACCOUNT)])
async def sign_out_everywhere(
    centre: CentreOf, session: Writing, operator: Operator, by: ByOf
) -> Response:
    """End all of one's own sessions."""
    await service.sign_out_everywhere(session, operator.operator_id, by)
    response = RedirectResponse("/sign-in", status_code=303)
    centre.pages.cookies.drop_session(response)
    return response


@router.get("/link/{token}", dependencies=[public("the link itself is the right, once")])
async def link_page(request: Request, token: str, centre: CentreOf, session: Reading) -> Response:
    """The form behind a one-time link."""
    opened = await service.open_link(session, token, centre.clock.now().wall_ms)
    login_name = opened.operator.login_name if opened.operator else None
    form: Form[PasswordForm] = Form()
    return centre.pages.render(request, "operators/link.html", LinkModel(form, login_name))


@router.post("/link/{token}", dependencies=[public("the link itself is the right, once")])
async def accept_link(request: Request, token: str, centre: CentreOf, by: ByOf) -> Response:
    """Set the password, or make the first administrator; either signs in."""
    centre.limits.sign_in.spend(source_of(request), centre.clock.now())
    async with centre.database.reading() as session:
        opened = await service.open_link(session, token, by.now_ms)
    if opened.operator is None:
        first = await read_form(request, FirstOperatorForm)
        if first.value is None:
            model = LinkModel(first, None)
            return centre.pages.render(request, "operators/link.html", model, 422)
        password_hash = await centre.passwords.hash(first.value.password)
        async with centre.database.writing() as session:
            made = await service.accept_first(session, token, first.value, password_hash, by)
        return _signed_in(centre, made, "/")
    form = await read_form(request, PasswordForm)
    if form.value is None:
        model = LinkModel(form, opened.operator.login_name)
        return centre.pages.render(request, "operators/link.html", model, 422)
    password_hash = await centre.passwords.hash(form.value.password)
    async with centre.database.writing() as session:
        made = await service.accept_password(session, token, password_hash, by)
    return _signed_in(centre, made, "/")


@router.get("/operators", dependencies=[requires(Permission.MANAGE_OPERATORS)])
async def list_operators(request: Request, centre: CentreOf, session: Reading) -> Response:
    """Everyone with an account."""
    model = OperatorsModel(await service.list_operators(session), Form(), ROLE_NAMES)
    return centre.pages.render(request, "operators/list.html", model)


@router.post("/operators", dependencies=[requires(Permission.MANAGE_OPERATORS)])
async def add_operator(request: Request, centre: CentreOf, session: Writing, by: ByOf) -> Response:
    """A new account; the page shows the one-time link to hand over."""
    form = await read_form(request, NewOperatorForm)
    link = link_for = ""
    if form.value is not None:
        try:
            row = await service.add_operator(session, form.value, by)
        except Conflict as error:
            form = form.with_error("login_name", error.text)
        else:
            link_h = centre.settings.sessions.link_h
            link = _link_url(centre, await service.make_link(session, row.id, link_h, by))
            link_for, form = row.full_name, Form()
    operators = await service.list_operators(session)
    model = OperatorsModel(operators, form, ROLE_NAMES, link, link_for)
    status = 422 if form.errors else 200
    return centre.pages.render(request, "operators/list.html", model, status)


@router.get("/operators/{operator_id}", dependencies=[requires(Permission.MANAGE_OPERATORS)])
async def show_operator(
    request: Request, operator_id: int, centre: CentreOf, session: Reading
) -> Response:
    """One operator."""
    view = await service.view_operator(session, operator_id)
    model = OperatorModel(view, Form(), ROLE_NAMES)
    return centre.pages.render(request, "operators/operator.html", model)


@router.post("/operators/{operator_id}", dependencies=[requires(Permission.MANAGE_OPERATORS)])
async def change_operator(
    request: Request, operator_id: int, centre: CentreOf, session: Writing, by: ByOf
) -> Response:
    """Set roles and whether the account may be used."""
    form = await read_form(request, ChangeOperatorForm)
    if form.value is not None:
        problem = await service.change_operator(
            session, operator_id, form.value.roles, is_enabled=form.value.is_enabled, by=by
        )
        if problem is None:
            return RedirectResponse("/operators", status_code=303)
        form = form.with_error("roles", problem)
    view = await service.view_operator(session, operator_id)
    model = OperatorModel(view, form, ROLE_NAMES)
    return centre.pages.render(request, "operators/operator.html", model, 422)


@router.post("/operators/{operator_id}/link", dependencies=[requires(Permission.MANAGE_OPERATORS)])
async def make_link(
    request: Request, operator_id: int, centre: CentreOf, session: Writing, by: ByOf
) -> Response:
    """A new one-time link for an operator."""
    view = await service.view_operator(session, operator_id)
    token = await service.make_link(session, operator_id, centre.settings.sessions.link_h, by)
    operators = await service.list_operators(session)
    model = OperatorsModel(operators, Form(), ROLE_NAMES, _link_url(centre, token), view.full_name)
    return centre.pages.render(request, "operators/list.html", model)


@router.get("/audit", dependencies=[requires(Permission.VIEW_AUDIT)])
async def show_audit(
    request: Request, centre: CentreOf, session: Reading, before: int | None = None
) -> Response:
    """Who did what, newest first."""
    entries = await audit.newest(session, before_id=before, count=_AUDIT_PAGE)
    names = {view.operator_id: view.full_name for view in await service.list_operators(session)}
    lines = tuple(
        AuditLine(
            entry,
            ACTION_TEXTS[Action(entry.action)],
            names.get(entry.operator_id, "") if entry.operator_id else "",
        )
        for entry in entries
    )
    older = entries[-1].id if len(entries) == _AUDIT_PAGE else None
    return centre.pages.render(request, "operators/audit.html", AuditModel(lines, older))


def _signed_in(centre: Centre, token: str, where: str) -> Response:
    response = RedirectResponse(where, status_code=303)
    centre.pages.cookies.set_session(response, token)
    return response


def _link_url(centre: Centre, token: str) -> str:
    return f"{centre.settings.server.public_url}/link/{token}"


def _local(wanted: str) -> str:
    """A path of this site; anything that could lead elsewhere becomes the start page."""
    is_local = wanted.startswith("/") and not wanted.startswith(("//", "/\\"))
    return wanted if is_local else "/"
