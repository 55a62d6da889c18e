"""The people pages."""

from central_server.kit.permissions import Role
from tests.central_server.conftest import SignIn
from tests.central_server.visitors import field_of


async def test_a_person_is_added_found_and_blocked(sign_in: SignIn) -> None:
    """An administrator adds, security blocks with a reason and takes it back."""
    admin, guard = await sign_in(Role.ADMINISTRATOR), await sign_in(Role.SECURITY)
    assert "People appear here" in (await admin.get("/holders")).text
    token = field_of((await admin.get("/holders/new")).text, "form_token")
    data = {"form_token": token, "full_name": "", "kind": "staff"}
    assert "Please fill this in." in (await admin.post("/holders/new", data=data)).text
    added = await admin.post("/holders/new", data={**data, "full_name": "李雷"})
    assert added.headers["location"] == "/holders/1"
    assert "李**" in (await guard.get("/holders?name=李&kind=staff")).text
    assert "Nobody found" in (await guard.get("/holders?name=王")).text
    token = field_of((await guard.get("/holders/1")).text, "form_token")
    hasty = await guard.post("/holders/1/block", data={"form_token": token, "reason": ""})
    assert hasty.status_code == 422
    blocked = await guard.post("/holders/1/block", data={"form_token": token, "reason": "why"})
    assert blocked.status_code == 303
    assert "Take off the block list" in (await guard.get("/holders/1")).text
    await guard.post("/holders/1/unblock", data={"form_token": token, "reason": "why not"})
    assert "Block at every gate" in (await guard.get("/holders/1")).text


async def test_a_name_is_shown_for_a_reason(sign_in: SignIn) -> None:
    """Without a reason nothing is revealed."""
    admin, guard = await sign_in(Role.ADMINISTRATOR), await sign_in(Role.SECURITY)
    token = field_of((await admin.get("/holders/new")).text, "form_token")
    data = {"form_token": token, "full_name": "李雷", "kind": "staff"}
    await admin.post("/holders/new", data=data)
    token = field_of((await guard.get("/holders/1")).text, "form_token")
    refused = await guard.post("/holders/1/reveal", data={"form_token": token})
    assert "李雷" not in refused.text
    shown = await guard.post("/holders/1/reveal", data={"form_token": token, "reason": "lost"})
    assert "李雷" in shown.text
