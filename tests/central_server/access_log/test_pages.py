"""The pages of the access log."""

import csv

from access_core.model.access_event import AccessEventKind
from access_core.model.holder import HolderKind
from central_server.access_log.texts import KIND_TEXTS
from central_server.holders import service as holders
from central_server.holders.schemas import NewHolderForm
from central_server.kit.audit import By
from central_server.kit.centre import Centre
from central_server.kit.permissions import Role
from tests.central_server.an_edge import AnEdge, line
from tests.central_server.conftest import START_MS, SignIn
from tests.central_server.visitors import field_of


async def one_event(north: AnEdge, centre: Centre) -> None:
    """A known person at the gate, and a line that nobody can interpret."""
    async with centre.database.writing() as session:
        form = NewHolderForm(kind=HolderKind.STAFF, full_name="李雷")
        await holders.add_holder(session, form, By(now_ms=START_MS))
    await north.send([line(START_MS, holder_id="h1"), b'{"kind":"?"}'])


async def test_without_events_the_page_says_so(sign_in: SignIn) -> None:
    """The live list waits; a search without results says what to try."""
    guard = await sign_in(Role.SECURITY)
    assert "As soon as a gate reports" in (await guard.get("/log")).text
    assert "Nothing matches" in (await guard.get("/log?offline=1")).text
    assert "No alarms" in (await guard.get("/alarms")).text


async def test_an_event_is_shown_masked_and_revealed_for_a_reason(
    north: AnEdge, centre: Centre, sign_in: SignIn
) -> None:
    """From the list to the event to the name."""
    await one_event(north, centre)
    guard = await sign_in(Role.SECURITY)
    page = (await guard.get("/log")).text
    assert "李**" in page
    assert "李雷" not in page
    assert 'data-live-after="1"' in page
    address = page.split('href="/log/events/')[1].split('"')[0]
    shown = (await guard.get(f"/log/events/{address}")).text
    assert "boot-1" in shown
    data = {"form_token": field_of(shown, "form_token")}
    hasty = await guard.post(f"/log/events/{address}/reveal", data=data)
    assert hasty.status_code == 422
    revealed = await guard.post(f"/log/events/{address}/reveal", data={**data, "reason": "theft"})
    assert "李雷" in revealed.text
    assert "from 0" not in (await guard.get("/log/troubles")).text
    auditor = await sign_in(Role.AUDITOR)
    assert "theft" in (await auditor.get("/audit")).text


async def test_a_parked_line_is_in_view(north: AnEdge, centre: Centre, sign_in: SignIn) -> None:
    """What could not be interpreted stands on its page."""
    await one_event(north, centre)
    page = (await (await sign_in(Role.SECURITY)).get("/log/troubles")).text
    assert "Invalid enum value" in page


async def test_an_export_needs_a_reason_and_is_recorded(
    north: AnEdge, centre: Centre, sign_in: SignIn
) -> None:
    """The file holds what was searched for."""
    await one_event(north, centre)
    guard = await sign_in(Role.SECURITY)
    token = field_of((await guard.get("/log")).text, "form_token")
    hasty = await guard.post("/log/export?gate=north", data={"form_token": token})
    assert hasty.status_code == 422
    sent = await guard.post(
        "/log/export?gate=north", data={"form_token": token, "reason": "monthly report"}
    )
    assert sent.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.reader(sent.text.removeprefix("\ufeff").splitlines()))
    assert len(rows) == 2
    assert "李雷" in rows[1]
    audit = (await (await sign_in(Role.AUDITOR)).get("/audit")).text
    assert "monthly report [gate=north]" in audit


async def test_older_pages_keep_what_was_asked(north: AnEdge, sign_in: SignIn) -> None:
    """The link to the next page names the search and the last event."""
    await north.send([line(START_MS + i) for i in range(60)])
    guard = await sign_in(Role.SECURITY)
    page = (await guard.get("/log?gate=north")).text
    older = page.split('href="/log?gate=north&amp;before=')[1].split('"')[0]
    rest = (await guard.get(f"/log?gate=north&before={older}")).text
    assert rest.count('href="/log/events/') == 10


async def test_every_kind_of_event_is_shown_and_can_be_asked_for(
    north: AnEdge, sign_in: SignIn
) -> None:
    """The list of kinds offers each in words, and each finds its own event only."""
    kinds = list(AccessEventKind)
    await north.send([line(START_MS + i, kind) for i, kind in enumerate(kinds)])
    guard = await sign_in(Role.SECURITY)
    for kind in kinds:
        page = (await guard.get(f"/log?kind={kind}")).text
        assert page.count("/log/events/") == 1
        assert f'<option value="{kind}" selected>{KIND_TEXTS[kind].message}</option>' in page
