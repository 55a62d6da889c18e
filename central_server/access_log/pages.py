"""The access log: live list, search, one event, export, what could not be recorded."""

from dataclasses import dataclass, fields
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Header, Request
from starlette.responses import Response, StreamingResponse

from access_core.model.access_event import AccessEventKind
from access_core.policy.reasons import ReasonCode
from central_server.access_log import service
from central_server.access_log.csv_export import csv_lines
from central_server.access_log.live import LiveLog, RowModel, RowsModel, rows_model
from central_server.access_log.schemas import Asked, EventDetail, RevealForm
from central_server.access_log.service import Trouble
from central_server.access_log.texts import KIND_TEXTS, reason_words
from central_server.kit.audit import Action, record
from central_server.kit.centre import ByOf, Centre, CentreOf, Reading, Writing
from central_server.kit.database import Session
from central_server.kit.forms import Form, read_form
from central_server.kit.guards import Operator, requires
from central_server.kit.i18n import Text
from central_server.kit.permissions import Permission
from central_server.sites import service as sites
from central_server.sites.schemas import GateView

router = APIRouter()

_ASKED_NAMES: Final = tuple(field.name for field in fields(Asked))
_MAX_TYPED: Final = 60


@dataclass(frozen=True, slots=True)
class LogModel:
    """A page of the log. Without a search it is the live list."""

    rows: RowsModel
    asked: Asked
    gates: tuple[GateView, ...]
    kinds: dict[AccessEventKind, Text]
    reasons: dict[ReasonCode, str]
    older: str
    """The query of the next page; empty on the last."""
    live_after: int | None
    """The newest batch shown; None on a page that is not live."""
    form: Form[RevealForm]


@dataclass(frozen=True, slots=True)
class EventModel:
    """One event."""

    detail: EventDetail
    row: RowModel
    form: Form[RevealForm]
    is_revealed: bool


@dataclass(frozen=True, slots=True)
class TroublesModel:
    """What could not be recorded as an event."""

    parked: tuple[Trouble, ...]


async def _asked(request: Request) -> Asked:
    typed = {name: request.query_params.get(name, "")[:_MAX_TYPED] for name in _ASKED_NAMES}
    return Asked(**typed)


AskedOf = Annotated[Asked, Depends(_asked)]


@router.get("/log", dependencies=[requires(Permission.VIEW_LOG)])
async def show_log(
    request: Request, centre: CentreOf, session: Reading, asked: AskedOf, before: int | None = None
) -> Response:
    """The newest events, live, or those that were asked for."""
    model = await _log_model(request, centre, session, asked, before)
    return centre.pages.render(request, "access_log/log.html", model)


@router.get("/log/live", dependencies=[requires(Permission.VIEW_LOG)])
async def live(
    request: Request,
    centre: CentreOf,
    after: int | None = None,
    last_event_id: Annotated[int | None, Header()] = None,
) -> Response:
    """The live list as server-sent events."""
    live_log = request.app.state.live_log
    assert isinstance(live_log, LiveLog)  # noqa: S101 - tells the type of an untyped attribute
    begin = after if last_event_id is None else last_event_id
    stream = live_log.stream(centre.pages.language_of(request), begin)
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return StreamingResponse(stream, media_type="text/event-stream", headers=headers)


@router.post("/log/export", dependencies=[requires(Permission.EXPORT_LOG)])
async def export(
    request: Request, centre: CentreOf, operator: Operator, asked: AskedOf, by: ByOf
) -> Response:
    """The events that were asked for as CSV; the export is recorded first."""
    form = await read_form(request, RevealForm)
    if form.value is None:
        async with centre.database.reading() as session:
            model = await _log_model(request, centre, session, asked, None, form)
        return centre.pages.render(request, "access_log/log.html", model, 422)
    async with centre.database.writing() as session:
        wanted = await service.make_filter(session, asked, centre.settings.site.zone)
        detail = f"{form.value.reason} [{urlencode(asked.as_dict())}]"
        await record(session, by.did(Action.LOG_EXPORTED, "access_log", detail))
    with_names = operator.may(Permission.REVEAL_PERSON)
    found = service.export(centre.database, wanted, with_names=with_names)
    lines = csv_lines(centre.pages.frame_of(request), found)
    headers = {
        "content-disposition": 'attachment; filename="access-log.csv"',
        "cache-control": "no-store",
    }
    return StreamingResponse(lines, media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/log/troubles", dependencies=[requires(Permission.VIEW_LOG)])
async def troubles(request: Request, centre: CentreOf, session: Reading) -> Response:
    """Lines that could not be interpreted."""
    model = TroublesModel(await service.list_parked(session))
    return centre.pages.render(request, "access_log/troubles.html", model)


@router.get("/log/events/{event_id}", dependencies=[requires(Permission.VIEW_LOG)])
async def show_event(
    request: Request, event_id: int, centre: CentreOf, session: Reading
) -> Response:
    """One event, the person masked."""
    detail = await service.get_event(session, event_id)
    return _render_event(request, centre, detail, Form())


@router.post("/log/events/{event_id}/reveal", dependencies=[requires(Permission.REVEAL_PERSON)])
async def reveal_event(
    request: Request, event_id: int, centre: CentreOf, session: Writing, by: ByOf
) -> Response:
    """One event with the person's name, for a reason that is recorded."""
    form = await read_form(request, RevealForm)
    if form.value is None:
        return _render_event(request, centre, await service.get_event(session, event_id), form)
    detail = await service.reveal_event(session, event_id, form.value.reason, by)
    return _render_event(request, centre, detail, Form(), is_revealed=True)


async def _log_model(
    request: Request,
    centre: Centre,
    session: Session,
    asked: Asked,
    before: int | None,
    form: Form[RevealForm] | None = None,
) -> LogModel:
    is_live = before is None and not asked.as_dict()
    newest = await service.newest_batch(session) if is_live else None
    wanted = await service.make_filter(session, asked, centre.settings.site.zone)
    views = await service.search(session, wanted, before_id=before)
    older = ""
    if len(views) == service.PAGE_SIZE:
        older = urlencode({**asked.as_dict(), "before": views[-1].event_id})
    language = centre.pages.language_of(request)
    return LogModel(
        rows=rows_model(language, views),
        asked=asked,
        gates=await sites.list_gates(session),
        kinds=KIND_TEXTS,
        reasons={reason: reason_words(reason, language) for reason in ReasonCode},
        older=older,
        live_after=newest,
        form=form or Form(),
    )


def _render_event(
    request: Request,
    centre: Centre,
    detail: EventDetail,
    form: Form[RevealForm],
    *,
    is_revealed: bool = False,
) -> Response:
    (row,) = rows_model(centre.pages.language_of(request), (detail.event,)).rows
    model = EventModel(detail, row, form, is_revealed)
    status = 422 if form.errors else 200
    return centre.pages.render(request, "access_log/event.html", model, status)
