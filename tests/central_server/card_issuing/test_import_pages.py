"""Many cards from a file."""

import httpx2 as httpx

from central_server.kit.permissions import Role
from tests.central_server.conftest import SignIn, StandingClock
from tests.central_server.visitors import field_of

TERM = {"valid_from": "2027-01-15", "valid_until": "2028-01-15"}


async def send(admin: httpx.AsyncClient, table: str) -> httpx.Response:
    """Choose a file and send it."""
    page = (await admin.get("/cards/import")).text
    data = {"form_token": field_of(page, "form_token"), **TERM}
    files = {"file": ("cards.csv", table.encode(), "text/csv")}
    return await admin.post("/cards/import", data=data, files=files)


async def test_good_lines_are_issued_and_bad_ones_are_named(
    sign_in: SignIn, clock: StandingClock
) -> None:
    """Sent again, the same file changes nothing."""
    admin = await sign_in(Role.ADMINISTRATOR)
    token = field_of((await admin.get("/holders/new")).text, "form_token")
    for name in ("a", "b"):
        data = {"form_token": token, "full_name": name, "kind": "student"}
        await admin.post("/holders/new", data=data)
    lines = [f"1;w26;1,{number}" for number in range(1, 601)]
    lines += ["2;w26;1,1", "9;w26;2,1", "2;w26;no number", "2;w26;3,1", "2;w26;3,1"]
    for known, issued in ((1, 601), (602, 0)):
        answer = await send(admin, "\n".join(lines))
        assert answer.status_code == 303
        page = (await admin.get(answer.headers["location"])).text
        assert "Finished" in page
        assert "605 of 605 lines" in page
        assert f">{issued}<" in page
        assert f">{known}<" in page
        for words in ("Person 1 has this card already.", "There is no person 9."):
            assert words in page
        assert '<td data-label="Line">603</td>' in page
    clock.advance_ms(1)
    auditor = await sign_in(Role.AUDITOR)
    assert "cards.csv: 605 lines" in (await auditor.get("/audit")).text


async def test_without_a_card_the_form_says_so(sign_in: SignIn) -> None:
    """An empty file, and none at all."""
    admin = await sign_in(Role.ADMINISTRATOR)
    answer = await send(admin, "")
    assert answer.status_code == 422
    assert "Please choose a file with at least one card." in answer.text
    token = field_of((await admin.get("/cards/import")).text, "form_token")
    answer = await admin.post("/cards/import", data={"form_token": token, **TERM})
    assert answer.status_code == 422
    assert (await admin.get("/cards/imports/9")).status_code == 404
