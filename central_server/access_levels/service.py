"""Edit access levels and schedules; every gate concerned hears of it."""

from datetime import date

from pydantic_core import PydanticCustomError

from access_core.ids import AccessLevelId, GateId, ScheduleId
from access_core.model.access_level import AccessLevel, LevelGrant
from access_core.model.schedule import DAYS_PER_WEEK, Period, Schedule
from central_server.access_levels import repository
from central_server.access_levels.repository import AccessLevelRow, ScheduleRow
from central_server.access_levels.schemas import (
    LevelForm,
    LevelView,
    NewLevelForm,
    NewScheduleForm,
    ScheduleForm,
    parse_periods,
    parse_special_days,
)
from central_server.kit.audit import Action, By, record
from central_server.kit.database import Session
from central_server.kit.errors import Conflict, Invalid, NotFound
from central_server.kit.feed import ChangeKind, note_change
from central_server.kit.i18n import Text, text
from central_server.sites.schemas import GateView


class FieldInvalid(Invalid):
    """One field of a form cannot be used; `field_name` says which."""

    def __init__(self, field_name: str, said: Text) -> None:
        """The words stand beside the field."""
        super().__init__(said)
        self.field_name = field_name


async def list_levels(session: Session) -> tuple[LevelView, ...]:
    """All access levels, by id."""
    return tuple(_level_view(row) for row in await repository.levels(session))


async def get_level(session: Session, access_level_id: str) -> LevelView:
    """One access level; NotFound if there is none."""
    row = await repository.level(session, access_level_id)
    if row is None:
        raise NotFound
    return _level_view(row)


async def list_schedules(session: Session) -> tuple[Schedule, ...]:
    """All schedules, by id."""
    return tuple(_schedule(row) for row in await repository.schedules(session))


async def get_schedule(session: Session, schedule_id: str) -> Schedule:
    """One schedule; NotFound if there is none."""
    row = await repository.schedule(session, schedule_id)
    if row is None:
        raise NotFound
    return _schedule(row)


async def project(session: Session, gates: tuple[GateView, ...]) -> tuple[AccessLevel, ...]:
    """The access levels as edges know them, spelt out to access points of `gates`."""
    levels: list[AccessLevel] = []
    for level in await list_levels(session):
        grants = tuple(
            LevelGrant(point.access_point_id, level.schedule_id)
            for gate in gates
            if level.is_everywhere or gate.gate_id in level.gates
            for point in gate.access_points
        )
        levels.append(
            AccessLevel(
                access_level_id=level.access_level_id,
                name_zh=level.name_zh,
                name_en=level.name_en,
                grants=grants,
            )
        )
    return tuple(levels)


async def add_level(session: Session, form: NewLevelForm, by: By) -> None:
    """A new access level; Conflict if the id is taken."""
    if await repository.level(session, form.access_level_id) is not None:
        raise Conflict(text("This identifier is taken."))
    row = AccessLevelRow(access_level_id=form.access_level_id)
    await _fill_level(session, row, form)
    await repository.add(session, row)
    await _level_changed(session, form.access_level_id, by)


async def change_level(session: Session, access_level_id: str, form: LevelForm, by: By) -> None:
    """Replace an access level; NotFound if there is none."""
    row = await repository.level(session, access_level_id)
    if row is None:
        raise NotFound
    await _fill_level(session, row, form)
    await _level_changed(session, access_level_id, by)


async def add_schedule(session: Session, form: NewScheduleForm, by: By) -> None:
    """A new schedule; Conflict if the id is taken, FieldInvalid for times that are none."""
    if await repository.schedule(session, form.schedule_id) is not None:
        raise Conflict(text("This identifier is taken."))
    row = ScheduleRow(schedule_id=form.schedule_id)
    _fill_schedule(row, form)
    await repository.add(session, row)
    await _schedule_changed(session, form.schedule_id, by)


async def change_schedule(session: Session, schedule_id: str, form: ScheduleForm, by: By) -> None:
    """Replace a schedule; NotFound if there is none, FieldInvalid for times that are none."""
    row = await repository.schedule(session, schedule_id)
    if row is None:
        raise NotFound
    _fill_schedule(row, form)
    await _schedule_changed(session, schedule_id, by)


async def _fill_level(session: Session, row: AccessLevelRow, form: LevelForm) -> None:
    if await repository.schedule(session, form.schedule_id) is None:
        raise FieldInvalid("schedule_id", text("Please choose one of the list."))
    row.name_zh, row.name_en = form.name_zh, form.name_en
    row.schedule_id, row.is_everywhere = form.schedule_id, form.is_everywhere
    row.gates = sorted(form.gates)


def _fill_schedule(row: ScheduleRow, form: ScheduleForm) -> None:
    week: list[list[list[int]]] = []
    name = ""
    try:
        for day in range(DAYS_PER_WEEK):
            name = f"day_{day}"
            week.append(_minutes(parse_periods(getattr(form, name))))
        name = "special_days"
        special = parse_special_days(form.special_days)
    except PydanticCustomError as error:
        context = error.context or {}
        raise FieldInvalid(name, Text(str(context["message"]), context["values"])) from error
    row.name_zh, row.name_en, row.week = form.name_zh, form.name_en, week
    row.special_days = {day.isoformat(): _minutes(periods) for day, periods in special.items()}


async def _level_changed(session: Session, access_level_id: str, by: By) -> None:
    await record(session, by.did(Action.ACCESS_LEVEL_CHANGED, f"access_level:{access_level_id}"))
    await note_change(session, ChangeKind.LEVELS)


async def _schedule_changed(session: Session, schedule_id: str, by: By) -> None:
    await record(session, by.did(Action.SCHEDULE_CHANGED, f"schedule:{schedule_id}"))
    await note_change(session, ChangeKind.RULES)


def _minutes(periods: tuple[Period, ...]) -> list[list[int]]:
    return [[period.start_min, period.end_min] for period in periods]


def _level_view(row: AccessLevelRow) -> LevelView:
    return LevelView(
        access_level_id=AccessLevelId(row.access_level_id),
        name_zh=row.name_zh,
        name_en=row.name_en,
        schedule_id=ScheduleId(row.schedule_id),
        is_everywhere=row.is_everywhere,
        gates=tuple(GateId(gate) for gate in row.gates),
    )


def _schedule(row: ScheduleRow) -> Schedule:
    return Schedule(
        schedule_id=ScheduleId(row.schedule_id),
        name_zh=row.name_zh,
        name_en=row.name_en,
        week=tuple(_periods(day) for day in row.week),
        special_days={
            date.fromisoformat(day): _periods(periods) for day, periods in row.special_days.items()
        },
    )


def _periods(minutes: list[list[int]]) -> tuple[Period, ...]:
    return tuple(Period(start, end) for start, end in minutes)
