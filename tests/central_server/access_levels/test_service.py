"""Levels and schedules, and who hears of their changes."""

import pytest

from access_core.model.access_level import LevelGrant
from central_server.access_levels import service
from central_server.access_levels.schemas import (
    ALWAYS,
    VISITORS,
    LevelForm,
    NewLevelForm,
    NewScheduleForm,
)
from central_server.access_levels.service import FieldInvalid
from central_server.kit.audit import By
from central_server.kit.centre import Centre
from central_server.kit.errors import Conflict, NotFound
from central_server.kit.feed import ChangeKind, changes_between, head_revision
from central_server.sites import service as sites
from tests.central_server.visitors import add_gate

BY = By(now_ms=1)
LEVEL = NewLevelForm(
    access_level_id="labs", name_zh="实验室", name_en="Labs", schedule_id=ALWAYS, gates=("south",)
)


async def test_a_level_is_spelt_out_to_the_access_points_of_its_gates(centre: Centre) -> None:
    """A level for all gates contains new ones too; a level for some contains those."""
    await add_gate(centre, "north")
    await add_gate(centre, "south")
    async with centre.database.writing() as session:
        await service.add_level(session, LEVEL, BY)
        gates = await sites.list_gates(session)
        levels = {lv.access_level_id: lv.grants for lv in await service.project(session, gates)}
    assert levels[VISITORS][0] == LevelGrant(gates[0].access_points[0].access_point_id, ALWAYS)
    assert len(levels[VISITORS]) == 4
    assert [grant.access_point_id for grant in levels[LEVEL.access_level_id]] == [  # type: ignore[index]
        "south-in",
        "south-out",
    ]


async def test_changes_reach_the_feed_and_mistakes_do_not(centre: Centre) -> None:
    """A level's change is for everyone; a taken id, an unknown schedule and level are refused."""
    async with centre.database.writing() as session:
        await service.add_level(session, LEVEL, BY)
        with pytest.raises(Conflict):
            await service.add_level(session, LEVEL, BY)
        changed = LevelForm(name_zh="x", name_en="x", schedule_id=ALWAYS, is_everywhere=True)
        await service.change_level(session, "labs", changed, BY)
        assert (await service.get_level(session, "labs")).is_everywhere
        with pytest.raises(NotFound):
            await service.change_level(session, "none", changed, BY)
        wrong = changed.model_copy(update={"schedule_id": "none"})
        with pytest.raises(FieldInvalid):
            await service.change_level(session, "labs", wrong, BY)
        head = await head_revision(session)
        assert await changes_between(session, 0, head) == [(ChangeKind.LEVELS, "")] * 2


async def test_a_schedule_is_kept_as_it_was_typed(centre: Centre) -> None:
    """Weekdays and special days come back; a day that is none is named."""
    form = NewScheduleForm(
        schedule_id="office",
        name_zh="办公",
        name_en="Office",
        day_0="08:00-12:00, 14:00-18:00",
        special_days="2026-10-01",
    )
    async with centre.database.writing() as session:
        await service.add_schedule(session, form, BY)
        with pytest.raises(Conflict):
            await service.add_schedule(session, form, BY)
        wrong = form.model_copy(update={"day_3": "late"})
        with pytest.raises(FieldInvalid) as caught:
            await service.change_schedule(session, "office", wrong, BY)
        assert caught.value.field_name == "day_3"
        with pytest.raises(NotFound):
            await service.change_schedule(session, "none", form, BY)
        schedule = await service.get_schedule(session, "office")
    assert len(schedule.week[0]) == 2
    assert schedule.week[1] == ()
    assert list(schedule.special_days.values()) == [()]
