"""Forms for access levels and schedules."""

from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from access_core.model.schedule import Schedule
from central_server.access_levels import service
from central_server.access_levels.schemas import (
    LevelForm,
    LevelView,
    NewLevelForm,
    NewScheduleForm,
    ScheduleForm,
    render_periods,
    typed_schedule,
)
from central_server.access_levels.service import FieldInvalid
from central_server.kit.centre import ByOf, Centre, CentreOf, Reading, Writing
from central_server.kit.database import Session
from central_server.kit.errors import Conflict
from central_server.kit.forms import Form, read_form
from central_server.kit.guards import requires
from central_server.kit.i18n import Text, text
from central_server.kit.permissions import Permission
from central_server.sites import service as sites
from central_server.sites.schemas import GateView

router = APIRouter()

DAY_NAMES: Final = (
    text("Monday"),
    text("Tuesday"),
    text("Wednesday"),
    text("Thursday"),
    text("Friday"),
    text("Saturday"),
    text("Sunday"),
)
_MANAGES: Final = [requires(Permission.MANAGE_ACCESS_LEVELS)]


@dataclass(frozen=True, slots=True)
class LevelsModel:
    """All levels and schedules."""

    levels: tuple[LevelView, ...]
    schedules: tuple[Schedule, ...]
    gates: tuple[GateView, ...]
    week: dict[str, tuple[str, ...]]
    """Schedule id -> each weekday in words."""
    day_names: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class LevelModel:
    """One access level, or a new one."""

    level: LevelView | None
    form: Form[LevelForm] | Form[NewLevelForm]
    schedules: tuple[Schedule, ...]
    gates: tuple[GateView, ...]


@dataclass(frozen=True, slots=True)
class ScheduleModel:
    """One schedule, or a new one."""

    schedule_id: str
    """Empty for a new one."""
    form: Form[ScheduleForm] | Form[NewScheduleForm]
    day_names: tuple[Text, ...]


@router.get("/access-levels", dependencies=_MANAGES)
async def list_levels(request: Request, centre: CentreOf, session: Reading) -> Response:
    """All levels and schedules."""
    schedules = await service.list_schedules(session)
    week = {str(s.schedule_id): tuple(render_periods(day) for day in s.week) for s in schedules}
    model = LevelsModel(
        await service.list_levels(session),
        schedules,
        await sites.list_gates(session),
        week,
        DAY_NAMES,
    )
    return centre.pages.render(request, "access_levels/list.html", model)


@router.get("/access-levels/new", dependencies=_MANAGES)
async def new_level_page(request: Request, centre: CentreOf, session: Reading) -> Response:
    """The form for a new access level."""
    form: Form[NewLevelForm] = Form()
    return await _level_page(request, centre, session, None, form)


@router.post("/access-levels/new", dependencies=_MANAGES)
async def add_level(request: Request, centre: CentreOf, session: Writing, by: ByOf) -> Response:
    """Add an access level."""
    form = await read_form(request, NewLevelForm)
    if form.value is not None:
        try:
            await service.add_level(session, form.value, by)
        except Conflict as error:
            form = form.with_error("access_level_id", error.text)
        except FieldInvalid as error:
            form = form.with_error(error.field_name, error.text)
        else:
            return RedirectResponse("/access-levels", status_code=303)
    return await _level_page(request, centre, session, None, form)


@router.get("/access-levels/{access_level_id}", dependencies=_MANAGES)
async def show_level(
    request: Request, access_level_id: str, centre: CentreOf, session: Reading
) -> Response:
    """The form of one access level."""
    level = await service.get_level(session, access_level_id)
    typed = {
        "name_zh": level.name_zh,
        "name_en": level.name_en,
        "schedule_id": level.schedule_id,
        "is_everywhere": "true" if level.is_everywhere else "",
    }
    form: Form[LevelForm] = Form(typed, chosen={"gates": level.gates})
    return await _level_page(request, centre, session, level, form)


@router.post("/access-levels/{access_level_id}", dependencies=_MANAGES)
async def change_level(
    request: Request, access_level_id: str, centre: CentreOf, session: Writing, by: ByOf
) -> Response:
    """Replace one access level."""
    form = await read_form(request, LevelForm)
    if form.value is not None:
        try:
            await service.change_level(session, access_level_id, form.value, by)
        except FieldInvalid as error:
            form = form.with_error(error.field_name, error.text)
        else:
            return RedirectResponse("/access-levels", status_code=303)
    level = await service.get_level(session, access_level_id)
    return await _level_page(request, centre, session, level, form)


@router.get("/schedules/new", dependencies=_MANAGES)
async def new_schedule_page(request: Request, centre: CentreOf) -> Response:
    """The form for a new schedule."""
    form: Form[NewScheduleForm] = Form()
    model = ScheduleModel("", form, DAY_NAMES)
    return centre.pages.render(request, "access_levels/schedule.html", model)


@router.post("/schedules/new", dependencies=_MANAGES)
async def add_schedule(request: Request, centre: CentreOf, session: Writing, by: ByOf) -> Response:
    """Add a schedule."""
    form = await read_form(request, NewScheduleForm)
    if form.value is not None:
        try:
            await service.add_schedule(session, form.value, by)
        except Conflict as error:
            form = form.with_error("schedule_id", error.text)
        except FieldInvalid as error:
            form = form.with_error(error.field_name, error.text)
        else:
            return RedirectResponse("/access-levels", status_code=303)
    model = ScheduleModel("", form, DAY_NAMES)
    return centre.pages.render(request, "access_levels/schedule.html", model, 422)


@router.get("/schedules/{schedule_id}", dependencies=_MANAGES)
async def show_schedule(
    request: Request, schedule_id: str, centre: CentreOf, session: Reading
) -> Response:
    """The form of one schedule."""
    schedule = await service.get_schedule(session, schedule_id)
    form: Form[ScheduleForm] = Form(typed_schedule(schedule))
    model = ScheduleModel(schedule_id, form, DAY_NAMES)
    return centre.pages.render(request, "access_levels/schedule.html", model)


@router.post("/schedules/{schedule_id}", dependencies=_MANAGES)
async def change_schedule(
    request: Request, schedule_id: str, centre: CentreOf, session: Writing, by: ByOf
) -> Response:
    """Replace one schedule."""
    form = await read_form(request, ScheduleForm)
    if form.value is not None:
        try:
            await service.change_schedule(session, schedule_id, form.value, by)
        except FieldInvalid as error:
            form = form.with_error(error.field_name, error.text)
        else:
            return RedirectResponse("/access-levels", status_code=303)
    model = ScheduleModel(schedule_id, form, DAY_NAMES)
    return centre.pages.render(request, "access_levels/schedule.html", model, 422)


async def _level_page(
    request: Request,
    centre: Centre,
    session: Session,
    level: LevelView | None,
    form: Form[LevelForm] | Form[NewLevelForm],
) -> Response:
    schedules, gates = await service.list_schedules(session), await sites.list_gates(session)
    model = LevelModel(level, form, schedules, gates)
    status = 422 if form.errors else 200
    return centre.pages.render(request, "access_levels/level.html", model, status)
