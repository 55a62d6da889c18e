"""The gates pages."""

from central_server.kit.centre import Centre
from central_server.kit.permissions import Role
from tests.central_server.an_edge import AnEdge
from tests.central_server.conftest import SignIn
from tests.central_server.visitors import add_gate, field_of


async def test_without_gates_the_page_says_what_to_do(sign_in: SignIn) -> None:
    """The empty state leads to the first gate, for those who may add it."""
    page = await (await sign_in(Role.ADMINISTRATOR)).get("/gates")
    assert "No gates yet" in page.text
    assert 'href="/gates/new"' in page.text
    assert 'href="/gates/new"' not in (await (await sign_in(Role.SECURITY)).get("/gates")).text


async def test_a_gate_is_added_and_its_code_made(sign_in: SignIn) -> None:
    """From the form to the code that is shown once."""
    browser = await sign_in(Role.ADMINISTRATOR)
    token = field_of((await browser.get("/gates/new")).text, "form_token")
    data = {"form_token": token, "gate_id": "north-1", "name_zh": "北门", "name_en": "North"}
    wrong = await browser.post("/gates/new", data={**data, "gate_id": "North 1"})
    assert wrong.status_code == 422
    assert 'value="North 1"' in wrong.text
    added = await browser.post("/gates/new", data={**data, "area_id": "campus"})
    assert added.headers["location"] == "/gates/north-1"
    again = await browser.post("/gates/new", data={**data, "area_id": "campus"})
    assert "This identifier is taken." in again.text
    elsewhere = await browser.post("/gates/new", data={**data, "gate_id": "x1", "area_id": "moon"})
    assert "There is no such area." in elsewhere.text
    made = await browser.post("/gates/north-1/enrol-code", data={"form_token": token})
    assert "good once and for 15 minutes" in made.text
    assert "edge-north-1" in made.text


async def test_an_area_is_added(sign_in: SignIn) -> None:
    """A new area can be chosen for the next gate."""
    browser = await sign_in(Role.ADMINISTRATOR)
    token = field_of((await browser.get("/gates/new")).text, "form_token")
    data = {"form_token": token, "area_id": "dorms", "name_zh": "宿舍区", "name_en": "Dormitories"}
    assert (await browser.post("/areas/new", data=data)).status_code == 303
    assert "Dormitories" in (await browser.get("/gates/new")).text
    assert "taken" in (await browser.post("/areas/new", data=data)).text


async def test_a_gate_shows_how_its_edge_is(north: AnEdge, sign_in: SignIn, centre: Centre) -> None:
    """Online with its rules; unknown gates are not found."""
    await add_gate(centre, "south")
    changes = await north.changes(0)
    assert changes is not None
    await north.changes(changes.revision)
    browser = await sign_in(Role.SECURITY)
    page = (await browser.get("/gates")).text
    assert "Online" in page
    assert "No edge enrolled" in page
    assert f"current ({changes.revision})" in page
    assert (await browser.get("/gates/none")).status_code == 404
