"""The alarm pages."""

from access_core.model.access_event import AccessEventKind
from central_server.kit.permissions import Role
from tests.central_server.an_edge import AnEdge, line
from tests.central_server.conftest import START_MS, SignIn
from tests.central_server.visitors import field_of


async def test_a_guard_acknowledges_and_clears_with_a_note(north: AnEdge, sign_in: SignIn) -> None:
    """The list names gate, kind, who took it on and what they wrote."""
    guard = await sign_in(Role.SECURITY, "Wang Wei")
    assert "No alarms" in (await guard.get("/alarms")).text
    await north.send([line(START_MS, AccessEventKind.DOOR_FORCED)])
    listed = (await guard.get("/alarms")).text
    assert "North gate" in listed
    assert "Nobody has acknowledged it" in listed
    page = (await guard.get("/alarms/1")).text
    assert "find out who went through" in page
    data = {"form_token": field_of(page, "form_token"), "note": ""}
    assert (await guard.post("/alarms/1/acknowledge", data=data)).status_code == 422
    data["note"] = "looking at the camera"
    assert (await guard.post("/alarms/1/acknowledge", data=data)).status_code == 303
    again = await guard.post("/alarms/1/acknowledge", data=data)
    assert "Somebody has acknowledged this alarm already." in again.text
    listed = (await guard.get("/alarms")).text
    assert "Wang Wei" in listed
    assert "looking at the camera" in listed
    assert (await guard.post("/alarms/1/clear", data=data)).status_code == 303
    assert "No alarms" in (await guard.get("/alarms")).text
    assert "Cleared last" in (await guard.get("/alarms")).text
    assert "报警" in (await guard.get("/alarms?lang=zh")).text


async def test_an_auditor_sees_alarms_and_handles_none(north: AnEdge, sign_in: SignIn) -> None:
    """Whoever may read the log may read of alarms."""
    await north.send([line(START_MS, AccessEventKind.TAILGATING)])
    auditor = await sign_in(Role.AUDITOR)
    page = (await auditor.get("/alarms/1")).text
    assert "Tailgating" in page
    assert "Acknowledge and clear" not in page
    token = field_of((await auditor.get("/account")).text, "form_token")
    data = {"form_token": token, "note": "mine"}
    assert (await auditor.post("/alarms/1/acknowledge", data=data)).status_code == 403
