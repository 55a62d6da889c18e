"""The pages of those who decide: hosts at /my-visits, the security desk at /desk.

Both are the same pages under another permission; each route exists once for each place.
"""

from dataclasses import dataclass
from typing import Annotated, Final, TypeAlias, assert_never

from fastapi import APIRouter, Depends, Request
from markupsafe import Markup
from starlette.responses import RedirectResponse, Response

from central_server.kit.centre import Centre, CentreOf, Reading, Writing, by_of, centre_of
from central_server.kit.database import Session
from central_server.kit.errors import NotFound
from central_server.kit.forms import Form, read_form
from central_server.kit.guards import requires, signed_in
from central_server.kit.permissions import Permission
from central_server.passes import service as passes
from central_server.passes.printing import printed_code
from central_server.visits import deciding, service
from central_server.visits.deciding import Decider, may_decide
from central_server.visits.forms import AnswerForm, RevealForm, ShortenForm
from central_server.visits.gates import visitor_gates
from central_server.visits.records import Visit, Whose
from central_server.visits.rules import Act, VisitState, may_undo, next_state
from central_server.visits.site_rules import site_rules
from central_server.visits.views import Audience, VisitLine, visit_line

SHOW_ENDED_S: Final = 12 * 3600
"""Visits stay on the list for half a day after their end."""
MAX_SEARCH: Final = 60
_AnyForm: TypeAlias = Form[AnswerForm] | Form[RevealForm] | Form[ShortenForm]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One of the two places where visits are decided."""

    whose: Whose
    path: str
    permission: Permission


HOST: Final = Place(whose=Whose.HOST, path="/my-visits", permission=Permission.APPROVE_OWN_VISITS)
DESK: Final = Place(whose=Whose.DESK, path="/desk", permission=Permission.APPROVE_DESK_VISITS)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListModel:
    """The visits somebody decides about, those that wait first."""

    place: Place
    waiting: tuple[VisitLine, ...]
    others: tuple[VisitLine, ...]
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OneModel:
    """One visit."""

    place: Place
    line: VisitLine
    acts: frozenset[Act]
    can_print: bool
    reason: str
    note: str
    form: _AnyForm
    until: str
    """The present end, local HH:MM."""
    shown: Visit | None
    """With personal data in clear; only after a recorded request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintModel:
    """The sheet with a pass on paper."""

    place: Place
    line: VisitLine
    code: Markup


async def _decider(request: Request) -> Decider:
    place = HOST if request.url.path.startswith(HOST.path) else DESK
    return Decider(
        operator_id=signed_in(request).operator_id,
        whose=place.whose,
        by=by_of(request),
        rules=site_rules(centre_of(request).settings.visits),
    )


DeciderOf: TypeAlias = Annotated[Decider, Depends(_decider)]
"""A route's operator at their place; only beside `requires`."""


async def show_list(
    request: Request, centre: CentreOf, session: Reading, decider: DeciderOf, q: str = ""
) -> Response:
    """The list, or what was searched for; who saw it is recorded, with how many were on it."""
    words = q[:MAX_SEARCH].strip()
    now_s = centre.clock.now().wall_s
    ends_after_s = now_s - SHOW_ENDED_S
    if decider.whose is Whose.HOST:
        visits = await service.of_host(session, decider.operator_id, ends_after_s=ends_after_s)
    else:
        visits = await service.search(session, words, ends_after_s=ends_after_s)
    if words:
        async with centre.database.writing() as recording:
            await deciding.note_searched(recording, decider, len(visits))
    elif visits:
        entry = deciding.list_looked_at(decider, len(visits))
        await centre.viewings.note(centre.database, entry)
    lines = await _lines(request, centre, session, decider, visits)
    mine = {visit.visit_id for visit in visits if may_decide(visit, decider)}
    waiting = tuple(
        line for line in lines if line.state is VisitState.WAITING and line.visit_id in mine
    )
    others = tuple(line for line in lines if line not in waiting)
    model = ListModel(place=_place(decider), waiting=waiting, others=others, words=words)
    return centre.pages.render(request, "visits/list.html", model)


async def show_visit(
    request: Request, centre: CentreOf, session: Reading, decider: DeciderOf, visit_id: int
) -> Response:
    """One visit, contact masked; who saw it is recorded."""
    visit = await deciding.open_visit(session, visit_id, decider)
    await centre.viewings.note(centre.database, deciding.visit_looked_at(decider, visit))
    return await _page(request, centre, session, decider, visit)


async def reveal(
    request: Request, centre: CentreOf, session: Writing, decider: DeciderOf, visit_id: int
) -> Response:
    """One visit with its personal data, for a reason that is recorded."""
    visit = await deciding.open_visit(session, visit_id, decider)
    form = await read_form(request, RevealForm)
    if form.value is None:
        return await _page(request, centre, session, decider, visit, form=form)
    await deciding.reveal(session, visit, decider, form.value.reveal_reason)
    return await _page(request, centre, session, decider, visit, is_clear=True)


async def decide(
    request: Request,
    centre: CentreOf,
    session: Writing,
    decider: DeciderOf,
    visit_id: int,
    act: Act,
) -> Response:
    """Take one step with a visit and show it; the same step again changes nothing."""
    visit = await deciding.open_visit(session, visit_id, decider)
    now = centre.clock.now()
    answer = await read_form(request, AnswerForm)
    if answer.value is None:
        return await _page(request, centre, session, decider, visit, form=answer)
    match act:
        case Act.APPROVE:
            await deciding.approve(session, visit, decider, now)
        case Act.DECLINE:
            await deciding.decline(session, visit, decider, answer.value.reason, now)
        case Act.WITHDRAW:
            await deciding.withdraw(session, visit, decider, answer.value.reason, now)
        case Act.UNDO:
            await deciding.undo(session, visit, decider, now)
        case Act.REROUTE:
            await deciding.reroute(session, visit, decider, now)
            return RedirectResponse(_place(decider).path, status_code=303)
        case Act.SHORTEN:
            return await _shorten(request, centre, session, decider, visit)
        case Act.CANCEL:
            raise NotFound
        case _:
            assert_never(act)
    return _back(decider, visit)


async def print_pass(
    request: Request, centre: CentreOf, session: Writing, decider: DeciderOf, visit_id: int
) -> Response:
    """Put the pass on paper; the pass on a phone ends."""
    visit = await deciding.open_visit(session, visit_id, decider)
    signed = await deciding.print_pass(session, centre.keys, visit, decider, centre.clock.now())
    (line,) = await _lines(request, centre, session, decider, [visit], is_name_shown=True)
    # segno's markup of our own bytes: nothing in it comes from a person.
    code = Markup(printed_code(signed))  # noqa: S704 - see above
    model = PrintModel(place=_place(decider), line=line, code=code)
    return centre.pages.render(request, "passes/print.html", model)


router = APIRouter()
for _spot in (HOST, DESK):
    for _method, _suffix, _handler, _permission in (
        ("GET", "", show_list, _spot.permission),
        ("GET", "/{visit_id}", show_visit, _spot.permission),
        ("POST", "/{visit_id}/reveal", reveal, _spot.permission),
        ("POST", "/{visit_id}/print", print_pass, Permission.PRINT_PASS),
        ("POST", "/{visit_id}/{act}", decide, _spot.permission),
    ):
        router.add_api_route(
            _spot.path + _suffix,
            _handler,
            methods=[_method],
            name=f"{_spot.whose}_{_handler.__name__}",
            dependencies=[requires(_permission)],
        )


async def _shorten(
    request: Request, centre: Centre, session: Session, decider: Decider, visit: Visit
) -> Response:
    form = await read_form(request, ShortenForm)
    if form.value is not None:
        wrong = await deciding.shorten(
            session,
            visit,
            decider,
            form.value.until,
            centre.settings.site.zone,
            centre.clock.now(),
        )
        if wrong is None:
            return _back(decider, visit)
        form = form.with_error("until", wrong)
    return await _page(request, centre, session, decider, visit, form=form)


async def _page(  # noqa: PLR0913 - what the page is made of
    request: Request,
    centre: Centre,
    session: Session,
    decider: Decider,
    visit: Visit,
    *,
    form: _AnyForm | None = None,
    is_clear: bool = False,
) -> Response:
    (line,) = await _lines(request, centre, session, decider, [visit], is_name_shown=is_clear)
    audience = _audience(request, centre)
    model = OneModel(
        place=_place(decider),
        line=line,
        acts=_acts(visit, decider, centre.clock.now().wall_s),
        can_print=line.short_code != "" and line.state is VisitState.APPROVED,
        reason=visit.reason,
        note=visit.note,
        form=form or Form(),
        until=f"{audience.local(visit.ends_s):%H:%M}",
        shown=visit if is_clear else None,
    )
    return centre.pages.render(request, "visits/one.html", model, 422 if form else 200)


def _acts(visit: Visit, decider: Decider, now_s: int) -> frozenset[Act]:
    """What this operator may do with the visit now."""
    if not may_decide(visit, decider):
        return frozenset()
    state = visit.state_at(now_s)
    possible = {act for act in Act if next_state(state, act) is not None} - {Act.CANCEL}
    if not may_undo(visit.changed_ms // 1000, now_s, decider.rules):
        possible -= {Act.UNDO}
    if decider.whose is Whose.DESK:
        possible -= {Act.REROUTE}
    return frozenset(possible)


async def _lines(
    request: Request,
    centre: Centre,
    session: Session,
    decider: Decider,
    visits: list[Visit],
    *,
    is_name_shown: bool = False,
) -> tuple[VisitLine, ...]:
    """A host sees who wants to come; on the desk's list names are masked."""
    audience = _audience(request, centre)
    gates = await visitor_gates(session)
    records = await passes.live_passes(session, [visit.subject for visit in visits])
    return tuple(
        visit_line(
            visit,
            records.get(visit.subject),
            audience,
            gates,
            centre.clock.now().wall_s,
            is_name_shown=is_name_shown or decider.whose is Whose.HOST,
        )
        for visit in visits
    )


def _audience(request: Request, centre: Centre) -> Audience:
    return Audience(words=centre.pages.words_of(request), zone=centre.settings.site.zone)


def _place(decider: Decider) -> Place:
    return HOST if decider.whose is Whose.HOST else DESK


def _back(decider: Decider, visit: Visit) -> Response:
    return RedirectResponse(f"{_place(decider).path}/{visit.visit_id}", status_code=303)
