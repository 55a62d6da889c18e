"""Gates, operators and bookings for tests, made as the product makes them."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx2 as httpx

from central_server.kit.audit import By
from central_server.kit.centre import Centre
from central_server.kit.permissions import Role
from central_server.operators import service as operators
from central_server.operators.schemas import NewOperatorForm
from central_server.sites import service as sites
from central_server.sites.schemas import NewAreaForm, NewGateForm

SHANGHAI = ZoneInfo("Asia/Shanghai")


async def add_gate(centre: Centre, gate_id: str = "north", area_id: str = "campus") -> None:
    """A gate that takes visitors, in an area that is made if it is not there."""
    by = By(now_ms=centre.clock.now().wall_ms)
    async with centre.database.writing() as session:
        known = {area.area_id for area in await sites.list_areas(session)}
        if area_id not in known:
            area = NewAreaForm(area_id=area_id, name_zh="区域", name_en=area_id.title())
            await sites.add_area(session, area, by)
        gate = NewGateForm(
            gate_id=gate_id, name_zh=f"{gate_id}门", name_en=f"{gate_id.title()} gate",
            area_id=area_id,
        )  # fmt: skip
        await sites.add_gate(session, gate, by)


async def session_of(
    centre: Centre, role: Role, full_name: str = "Li Ming", department: str = "Physics"
) -> str:
    """The session token of a new operator with this role."""
    by = By(now_ms=centre.clock.now().wall_ms)
    async with centre.database.writing() as session:
        count = len(await operators.list_operators(session))
        form = NewOperatorForm(
            login_name=f"op{count}", full_name=full_name, department=department, roles=(role,)
        )
        row = await operators.add_operator(session, form, by)
        link = await operators.make_link(session, row.id, 24, by)
        return await operators.accept_password(session, link, "no password signs in here", by)


def field_of(page: str, name: str) -> str:
    """The value of the first input of this name on a page."""
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)
    assert found is not None, f"no field {name} on the page"
    return found[1]


async def filled(client: httpx.AsyncClient, centre: Centre, **typed: str) -> dict[str, str]:
    """The booking form with everything a good booking needs; `typed` changes some of it."""
    page = (await client.get("/visit?lang=en")).text
    local = datetime.fromtimestamp(centre.clock.now().wall_s, UTC).astimezone(SHANGHAI)
    return {
        "form_token": field_of(page, "form_token"),
        "key": field_of(page, "key"),
        "purpose": "meeting",
        "host_name": "Li Ming",
        "host_department": "",
        "gate": "north",
        "day": f"{local:%Y-%m-%d}",
        "from": f"{local:%H:%M}",
        "until": f"{local + timedelta(hours=2):%H:%M}",
        "name": "Ada Lovelace",
        "phone": "13812345678",
        "email": "",
        "companions": "0",
        "plate": "",
        "note": "",
        "consent": field_of(page, "consent"),
    } | {name.removesuffix("_"): value for name, value in typed.items()}


async def book(client: httpx.AsyncClient, centre: Centre, **typed: str) -> str:
    """A booking that is taken; the path of its page."""
    answer = await client.post("/visit", data=await filled(client, centre, **typed))
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


async def press(client: httpx.AsyncClient, address: str, **typed: Any) -> httpx.Response:  # noqa: ANN401 - form values
    """Press a button: post a form with this browser's token."""
    token = field_of((await client.get("/visit")).text, "form_token")
    return await client.post(address, data={"form_token": token, **typed})
