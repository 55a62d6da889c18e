"""The pages of access levels and schedules."""

from central_server.kit.centre import Centre
from central_server.kit.permissions import Role
from tests.central_server.conftest import SignIn
from tests.central_server.visitors import add_gate, field_of


async def test_a_level_is_added_and_changed(sign_in: SignIn, centre: Centre) -> None:
    """Boxes that were ticked stay ticked, errors stand beside their field."""
    await add_gate(centre, "north")
    admin = await sign_in(Role.ADMINISTRATOR)
    token = field_of((await admin.get("/access-levels/new")).text, "form_token")
    data: dict[str, str | list[str]] = {
        "form_token": token,
        "access_level_id": "labs",
        "name_zh": "实验室",
        "name_en": "Labs",
        "schedule_id": "always",
        "gates": ["north"],
    }
    wrong = await admin.post("/access-levels/new", data={**data, "schedule_id": "none"})
    assert "Please choose one of the list." in wrong.text
    assert 'value="north" checked' in wrong.text
    assert (await admin.post("/access-levels/new", data=data)).status_code == 303
    assert "taken" in (await admin.post("/access-levels/new", data=data)).text
    assert 'value="north" checked' in (await admin.get("/access-levels/labs")).text
    changed = {**data, "is_everywhere": "true", "gates": []}
    assert (await admin.post("/access-levels/labs", data=changed)).status_code == 303
    assert "All gates, also new ones" in (await admin.get("/access-levels")).text
    assert (
        await admin.post("/access-levels/labs", data={**data, "name_zh": ""})
    ).status_code == 422
    bad = await admin.post("/access-levels/labs", data={**data, "schedule_id": "none"})
    assert bad.status_code == 422
    assert (await admin.get("/access-levels/none")).status_code == 404


async def test_a_schedule_is_added_and_changed(sign_in: SignIn) -> None:
    """What cannot be read is said beside its day, and stays typed."""
    admin = await sign_in(Role.ADMINISTRATOR)
    token = field_of((await admin.get("/schedules/new")).text, "form_token")
    data = {
        "form_token": token,
        "schedule_id": "office",
        "name_zh": "办公",
        "name_en": "Office",
        "day_0": "08:00-18:00",
    }
    wrong = await admin.post("/schedules/new", data={**data, "day_1": "nine to five"})
    assert "nine to five is none" in wrong.text
    assert 'value="nine to five"' in wrong.text
    assert (await admin.post("/schedules/new", data=data)).status_code == 303
    assert "taken" in (await admin.post("/schedules/new", data=data)).text
    assert 'value="08:00-18:00"' in (await admin.get("/schedules/office")).text
    special = {**data, "special_days": "2026-10-01"}
    assert (await admin.post("/schedules/office", data=special)).status_code == 303
    assert "2026-10-01" in (await admin.get("/schedules/office")).text
    bad = await admin.post("/schedules/office", data={**data, "special_days": "soon"})
    assert "soon is not a day" in bad.text
