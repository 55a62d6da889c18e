"""The pages of hosts and of the security desk, through the real application."""

import re

import httpx2 as httpx
import pytest

from access_core.model.credential import CredentialStatus
from central_server.kit import audit
from central_server.kit.centre import Centre
from central_server.kit.permissions import Role
from central_server.passes import service as passes
from tests.central_server.conftest import SignIn, StandingClock
from tests.central_server.visitors import book, press


async def statuses(centre: Centre) -> list[CredentialStatus]:
    """Of every pass of the first visit."""
    async with centre.database.reading() as session:
        return [record.status for record in await passes.passes_made(session, "visit:1")]


async def deeds(centre: Centre) -> list[tuple[str, str]]:
    """What was recorded, oldest first: action and detail."""
    async with centre.database.reading() as session:
        entries = await audit.newest(session, before_id=None, count=100)
    return [(entry.action, entry.detail) for entry in reversed(entries)]


async def test_an_empty_list_says_what_will_appear(sign_in: SignIn) -> None:
    """A host without visitors reads what the page is for."""
    page = await (await sign_in(Role.HOST)).get("/my-visits")
    assert "When somebody books a visit to you, it appears here." in page.text


async def test_one_tap_approves_once(
    visitor: httpx.AsyncClient, centre: Centre, sign_in: SignIn
) -> None:
    """The list has the button; pressing it twice makes one pass."""
    host = await sign_in(Role.HOST)
    await book(visitor, centre)
    listed = (await host.get("/my-visits")).text
    assert "Ada Lovelace" in listed
    assert 'action="/my-visits/1/approve"' in listed
    assert "138****5678" in listed
    assert "13812345678" not in listed
    for _ in range(2):
        assert (await press(host, "/my-visits/1/approve")).status_code == 303
    assert await statuses(centre) == [CredentialStatus.ENABLED]
    assert [deed for deed in await deeds(centre) if deed[0] == "visit_decided"] == [
        ("visit_decided", "approve")
    ]


async def test_a_host_sees_only_their_own_visitors(
    visitor: httpx.AsyncClient, centre: Centre, sign_in: SignIn
) -> None:
    """Another host's visit does not exist for this one, to see or to decide."""
    await sign_in(Role.HOST, "Li Ming")
    other = await sign_in(Role.HOST, "Zhao Lei")
    await book(visitor, centre)
    assert "Ada" not in (await other.get("/my-visits")).text
    assert (await other.get("/my-visits/1")).status_code == 404
    assert (await press(other, "/my-visits/1/approve")).status_code == 404
    assert (await press(other, "/my-visits/1/print")).status_code == 404
    assert (await other.get("/desk")).status_code == 403


async def test_a_reason_reaches_the_visitor(
    visitor: httpx.AsyncClient, centre: Centre, sign_in: SignIn
) -> None:
    """A declined visitor reads why; the host can take it back and approve after all."""
    host = await sign_in(Role.HOST)
    path = await book(visitor, centre)
    await press(host, "/my-visits/1/decline", reason="I am abroad <this week>")
    assert "Reason: I am abroad &lt;this week&gt;" in (await visitor.get(path)).text
    await press(host, "/my-visits/1/undo")
    assert "Waiting for an answer" in (await visitor.get(path)).text
    await press(host, "/my-visits/1/approve")
    assert await statuses(centre) == [CredentialStatus.ENABLED]


async def test_withdrawing_revokes_and_approving_again_makes_another_pass(
    visitor: httpx.AsyncClient, centre: Centre, sign_in: SignIn
) -> None:
    """A withdrawn pass stays revoked for good; its short code goes on."""
    host = await sign_in(Role.HOST)
    path = await book(visitor, centre)
    await press(host, "/my-visits/1/approve")
    await press(host, "/my-visits/1/withdraw", reason="moved")
    assert await statuses(centre) == [CredentialStatus.REVOKED]
    page = (await visitor.get(path)).text
    assert "The approval was withdrawn" in page
    assert "The way out is always free" in page
    await press(host, "/my-visits/1/approve")
    assert sorted(await statuses(centre)) == [CredentialStatus.ENABLED, CredentialStatus.REVOKED]


async def test_undoing_an_approval_revokes_its_pass(
    visitor: httpx.AsyncClient, centre: Centre, sign_in: SignIn, clock: StandingClock
) -> None:
    """Within ten minutes an approval can be taken back; later only withdrawn."""
    host = await sign_in(Role.HOST)
    await book(visitor, centre)
    await press(host, "/my-visits/1/approve")
    await press(host, "/my-visits/1/undo")
    assert await statuses(centre) == [CredentialStatus.REVOKED]
    await press(host, "/my-visits/1/approve")
    clock.advance_ms(601_000)
    assert "/my-visits/1/undo" not in (await host.get("/my-visits/1")).text
    assert (await press(host, "/my-visits/1/undo")).status_code == 409


async def test_shortening_ends_the_pass_earlier(
    visitor: httpx.AsyncClient, centre: Centre, sign_in: SignIn
) -> None:
    """The credential ends at the new time; a time that does not shorten is told at the field."""
    host = await sign_in(Role.HOST)
    await book(visitor, centre)
    await press(host, "/my-visits/1/approve")
    assert (await press(host, "/my-visits/1/shorten", until="17:00")).status_code == 303
    async with centre.database.reading() as session:
        record = await passes.live_pass(session, "visit:1")
    assert record is not None
    assert record.order.valid_until_s - record.order.valid_from_s == 3600
    answer = await press(host, "/my-visits/1/shorten", until="19:00")
    assert answer.status_code == 422
    assert "Choose a time after now and before the present end." in answer.text


async def test_not_my_visitor_goes_to_the_desk(
    visitor: httpx.AsyncClient, centre: Centre, sign_in: SignIn
) -> None:
    """The host loses the visit, the desk can decide it, names masked."""
    host, desk = await sign_in(Role.HOST), await sign_in(Role.SECURITY, "Guard")
    await book(visitor, centre)
    assert (await press(desk, "/desk/1/approve")).status_code == 409
    await press(host, "/my-visits/1/reroute")
    assert (await host.get("/my-visits/1")).status_code == 404
    listed = (await desk.get("/desk")).text
    assert "Ada Lovelace" not in listed
    assert 'action="/desk/1/approve"' in listed
    assert (await press(desk, "/desk/1/approve")).status_code == 303
    assert await statuses(centre) == [CredentialStatus.ENABLED]


async def test_personal_data_are_shown_for_a_recorded_reason(
    visitor: httpx.AsyncClient, centre: Centre, sign_in: SignIn
) -> None:
    """Without a reason nothing is shown; with one it is shown once and recorded."""
    desk = await sign_in(Role.SECURITY, "Guard")
    await book(visitor, centre, plate="京A12345")
    assert "13812345678" not in (await press(desk, "/desk/1/reveal", reveal_reason="")).text
    shown = (await press(desk, "/desk/1/reveal", reveal_reason="lost wallet at the gate")).text
    assert "13812345678" in shown
    assert "京A12345" in shown
    assert "13812345678" not in (await desk.get("/desk/1")).text
    assert ("person_revealed", "lost wallet at the gate") in await deeds(centre)


@pytest.mark.parametrize("words", ["Lovel", "5678", "a123"])
async def test_the_desk_finds_a_visit(
    visitor: httpx.AsyncClient, centre: Centre, sign_in: SignIn, words: str
) -> None:
    """By part of the name, by the phone's last four, by part of the plate; each look recorded."""
    desk = await sign_in(Role.SECURITY, "Guard")
    await book(visitor, centre, plate="京A12345")
    await book(visitor, centre, name="Grace Hopper", phone="13900001111")
    found = (await desk.get("/desk", params={"q": words})).text
    assert "138****5678" in found
    assert "139****1111" not in found
    assert ("persons_listed", "found 1") in await deeds(centre)


async def test_the_desk_finds_a_visit_by_its_short_code(
    visitor: httpx.AsyncClient, centre: Centre, sign_in: SignIn
) -> None:
    """However it is typed; a code that is none finds nothing and says what to try."""
    host, desk = await sign_in(Role.HOST), await sign_in(Role.SECURITY, "Guard")
    await book(visitor, centre)
    await press(host, "/my-visits/1/approve")
    found = re.search(r"[0-9A-Y]{4} [0-9A-Y]{4}", (await host.get("/my-visits/1")).text)
    assert found is not None
    typed = found[0].replace(" ", "-").lower()
    assert "138****5678" in (await desk.get("/desk", params={"q": typed})).text
    nothing = (await desk.get("/desk", params={"q": "0000 0000"})).text
    assert "No visit fits." in nothing


async def test_a_printed_pass_takes_the_phones_place(
    visitor: httpx.AsyncClient, centre: Centre, sign_in: SignIn
) -> None:
    """Paper ends the pass on the phone, and the phone can take it back."""
    host = await sign_in(Role.HOST)
    path = await book(visitor, centre)
    await press(host, "/my-visits/1/approve")
    sheet = await press(host, "/my-visits/1/print")
    assert "<svg" in sheet.text
    assert "style=" not in sheet.text
    assert "Ada Lovelace" in sheet.text
    again = await press(host, "/my-visits/1/print")
    assert re.findall("<svg.*</svg>", again.text) == re.findall("<svg.*</svg>", sheet.text)
    assert sorted(await statuses(centre)) == [CredentialStatus.ENABLED, CredentialStatus.REVOKED]
    assert "Your pass is on paper" in (await visitor.get(path)).text
    await press(visitor, f"{path}/move")
    assert "data-pass-id" in (await visitor.get(path)).text


async def test_steps_that_do_not_exist_change_nothing(
    visitor: httpx.AsyncClient, centre: Centre, sign_in: SignIn
) -> None:
    """An operator cannot cancel for the visitor, nor do what is not a step."""
    host = await sign_in(Role.HOST)
    await book(visitor, centre)
    for act in ("cancel", "explode"):
        answer = await press(host, f"/my-visits/1/{act}")
        assert 400 <= answer.status_code < 500
    assert "Waiting" in (await host.get("/my-visits/1")).text


async def test_every_look_at_a_list_or_a_visit_is_recorded(
    visitor: httpx.AsyncClient, centre: Centre, sign_in: SignIn, clock: StandingClock
) -> None:
    """Who, when, which list and how many; a list left open once in ten minutes."""
    host, desk = await sign_in(Role.HOST), await sign_in(Role.SECURITY, "Guard")
    await host.get("/my-visits")
    await book(visitor, centre)
    for _ in range(3):
        await host.get("/my-visits")
    await desk.get("/desk")
    await desk.get("/desk/1")
    clock.advance_ms(600_000)
    await host.get("/my-visits")
    async with centre.database.reading() as session:
        entries = await audit.newest(session, before_id=None, count=100)
    assert [
        (entry.operator_id, entry.action, entry.subject, entry.detail)
        for entry in reversed(entries)
        if entry.action in {"persons_listed", "visit_viewed"}
    ] == [
        (1, "persons_listed", "visits:host", "1 on the list"),
        (2, "persons_listed", "visits:desk", "1 on the list"),
        (2, "visit_viewed", "visit:1", ""),
        (1, "persons_listed", "visits:host", "1 on the list"),
    ]


async def test_another_language_keeps_a_reason_and_decides_nothing(
    visitor: httpx.AsyncClient, centre: Centre, sign_in: SignIn
) -> None:
    """The form that answers goes along with the switch."""
    host = await sign_in(Role.HOST)
    await book(visitor, centre)
    assert 'form="decline" name="lang" value="zh"' in (await host.get("/my-visits/1")).text
    shown = await press(host, "/my-visits/1/decline", reason="exam week", lang="zh")
    assert shown.status_code == 200
    assert 'value="exam week"' in shown.text
    assert "exam week" not in (await host.get("/my-visits/1")).text
