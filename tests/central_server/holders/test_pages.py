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


async def test_another_language_keeps_what_is_typed_and_does_nothing(sign_in: SignIn) -> None:
    """The switch sends the form, which comes back in the other language with every value."""
    admin = await sign_in(Role.ADMINISTRATOR)
    page = (await admin.get("/holders/new")).text
    assert 'form="new" name="lang" value="zh"' in page
    data = {
        "form_token": field_of(page, "form_token"),
        "full_name": "",
        "kind": "student",
        "department": "Physics",
        "lang": "zh",
    }
    shown = await admin.post("/holders/new", data=data)
    assert shown.status_code == 200
    assert field_of(shown.text, "department") == "Physics"
    assert '<option value="student" selected>学生' in shown.text
    assert "请填写" not in shown.text
    assert "请填写" in (await admin.post("/holders/new", data={**data, "checked": "1"})).text
    complete = {**data, "full_name": "李雷", "checked": "1"}
    assert (await admin.post("/holders/new", data=complete)).status_code == 200
    assert "李" not in (await admin.get("/holders")).text.split("<main")[1]


async def test_an_address_for_forms_holds_nothing_to_read(sign_in: SignIn) -> None:
    """Who opens it by hand gets the page that says so."""
    guard = await sign_in(Role.SECURITY)
    answer = await guard.get("/holders/1/block")
    assert answer.status_code == 404
    assert "There is nothing at this address." in answer.text


async def test_a_look_at_the_list_is_recorded(sign_in: SignIn) -> None:
    """With how many stood on it; an empty list shows nobody."""
    admin, auditor = await sign_in(Role.ADMINISTRATOR), await sign_in(Role.AUDITOR)
    await admin.get("/holders")
    assert "on the list" not in (await auditor.get("/audit")).text
    token = field_of((await admin.get("/holders/new")).text, "form_token")
    await admin.post(
        "/holders/new", data={"form_token": token, "full_name": "李雷", "kind": "staff"}
    )
    for _ in range(3):
        await admin.get("/holders")
    assert (await auditor.get("/audit")).text.count("1 on the list") == 1
