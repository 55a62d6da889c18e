"""Alarms: what has to be dealt with, one alarm, acknowledge, clear."""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from central_server.alarms import service
from central_server.alarms.rules import AlarmState
from central_server.alarms.schemas import Alarm, Handled, HandleForm
from central_server.alarms.texts import ADVICE, KIND_TEXTS, SIGNS, STATE_TEXTS
from central_server.kit.centre import ByOf, Centre, CentreOf, Reading, Writing
from central_server.kit.database import Session
from central_server.kit.errors import Conflict
from central_server.kit.forms import Form, read_form
from central_server.kit.guards import requires
from central_server.kit.i18n import Text, text
from central_server.kit.permissions import Permission
from central_server.operators import service as operators
from central_server.sites import service as sites
from central_server.sites.schemas import GateView

router = APIRouter()


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmLine:
    """One alarm with its words."""

    alarm: Alarm
    kind: Text
    advice: Text
    state: Text
    sign: str
    gate: GateView | None
    acknowledged_by: str
    cleared_by: Text | str


@dataclass(frozen=True, slots=True)
class AlarmsModel:
    """What has to be dealt with, and what was cleared last."""

    current: tuple[AlarmLine, ...]
    cleared: tuple[AlarmLine, ...]
    open_count: int


@dataclass(frozen=True, slots=True)
class AlarmModel:
    """One alarm."""

    line: AlarmLine
    form: Form[HandleForm]


@router.get("/alarms", dependencies=[requires(Permission.VIEW_LOG)])
async def list_alarms(request: Request, centre: CentreOf, session: Reading) -> Response:
    """What has to be dealt with, and what was cleared last; keeps itself fresh."""
    current = await _lines(session, await service.list_alarms(session))
    cleared = await _lines(session, await service.list_cleared(session))
    open_count = sum(line.alarm.state is AlarmState.OPEN for line in current)
    model = AlarmsModel(current, cleared, open_count)
    return centre.pages.render(request, "alarms/list.html", model)


@router.get("/alarms/{alarm_id}", dependencies=[requires(Permission.VIEW_LOG)])
async def show_alarm(
    request: Request, alarm_id: int, centre: CentreOf, session: Reading
) -> Response:
    """One alarm, what to do first, and who has dealt with it."""
    alarm = await service.get_alarm(session, alarm_id)
    return await _page(request, centre, session, alarm, Form())


@router.post("/alarms/{alarm_id}/acknowledge", dependencies=[requires(Permission.HANDLE_ALARMS)])
async def acknowledge(
    request: Request, alarm_id: int, centre: CentreOf, session: Writing, by: ByOf
) -> Response:
    """Somebody takes it on."""
    return await _handle(request, alarm_id, centre, session, by)


@router.post("/alarms/{alarm_id}/clear", dependencies=[requires(Permission.HANDLE_ALARMS)])
async def clear(
    request: Request, alarm_id: int, centre: CentreOf, session: Writing, by: ByOf
) -> Response:
    """It is dealt with."""
    return await _handle(request, alarm_id, centre, session, by)


async def _handle(
    request: Request, alarm_id: int, centre: Centre, session: Session, by: ByOf
) -> Response:
    alarm = await service.get_alarm(session, alarm_id)
    form = await read_form(request, HandleForm)
    if form.value is None:
        return await _page(request, centre, session, alarm, form)
    deed = service.clear if request.url.path.endswith("/clear") else service.acknowledge
    try:
        await deed(session, alarm, form.value.note, by)
    except Conflict as error:
        alarm = await service.get_alarm(session, alarm_id)
        return await _page(request, centre, session, alarm, form.with_error("", error.text))
    return RedirectResponse("/alarms", status_code=303)


async def _page(
    request: Request, centre: Centre, session: Session, alarm: Alarm, form: Form[HandleForm]
) -> Response:
    (line,) = await _lines(session, (alarm,))
    status = 422 if form.errors else 200
    return centre.pages.render(request, "alarms/alarm.html", AlarmModel(line, form), status)


async def _lines(session: Session, alarms: tuple[Alarm, ...]) -> tuple[AlarmLine, ...]:
    if not alarms:
        return ()
    gates = await sites.gates_of_edges(session)
    names = {view.operator_id: view.full_name for view in await operators.list_operators(session)}
    return tuple(
        AlarmLine(
            alarm=alarm,
            kind=KIND_TEXTS[alarm.kind],
            advice=ADVICE[alarm.kind],
            state=STATE_TEXTS[alarm.state],
            sign=SIGNS[alarm.state],
            gate=gates.get(alarm.edge_number),
            acknowledged_by=_name(names, alarm.acknowledged),
            cleared_by=_cleared_by(names, alarm),
        )
        for alarm in alarms
    )


def _cleared_by(names: dict[int, str], alarm: Alarm) -> Text | str:
    if alarm.cleared is None:
        return ""
    by_itself = alarm.cleared.operator_id is None
    return text("the gate") if by_itself else _name(names, alarm.cleared)


def _name(names: dict[int, str], handled: Handled | None) -> str:
    if handled is None or handled.operator_id is None:
        return ""
    return names.get(handled.operator_id, "–")
