"""The pages of cards."""

import httpx2 as httpx
import pytest

from central_server.kit.permissions import Role
from tests.central_server.conftest import SignIn
from tests.central_server.visitors import field_of

TERM = {"valid_from": "2027-01-15", "valid_until": "2028-01-15"}


@pytest.fixture
async def admin(sign_in: SignIn) -> httpx.AsyncClient:
    """An administrator who has added two people."""
    browser = await sign_in(Role.ADMINISTRATOR)
    token = field_of((await browser.get("/holders/new")).text, "form_token")
    for name in ("李雷", "韩梅梅"):
        data = {"form_token": token, "full_name": name, "kind": "staff"}
        await browser.post("/holders/new", data=data)
    return browser


async def issue(admin: httpx.AsyncClient, number: str, holder: int = 1) -> httpx.Response:
    """Fill in the form that issues a card."""
    page = (await admin.get(f"/holders/{holder}/cards/new")).text
    data = {"form_token": field_of(page, "form_token"), "notation": "w26", "number": number}
    return await admin.post(f"/holders/{holder}/cards/new", data={**data, **TERM})


async def test_a_card_is_issued_and_shown_masked(admin: httpx.AsyncClient) -> None:
    """A number that is none is refused beside its field and kept; another's card too."""
    refused = await issue(admin, "45678")
    assert refused.status_code == 422
    assert "Write facility and number in decimal" in refused.text
    assert field_of(refused.text, "number") == "45678"
    assert (await issue(admin, "123,45678")).status_code == 303
    page = (await admin.get("/holders/1")).text
    assert "W26 …678" in page
    assert "45678" not in page
    assert "Person 1 has this card already." in (await issue(admin, "123,45678", 2)).text
    assert "卡" in (await admin.get("/holders/1/cards/1?lang=zh")).text


async def test_security_disables_and_an_administrator_decides(
    admin: httpx.AsyncClient, sign_in: SignIn
) -> None:
    """Disabled at night by the desk, enabled or replaced in the morning; with reasons."""
    await issue(admin, "123,45678")
    guard = await sign_in(Role.SECURITY)
    page = (await guard.get("/holders/1/cards/1")).text
    assert "Revoke for good" not in page
    data = {"form_token": field_of(page, "form_token"), "reason": ""}
    assert (await guard.post("/holders/1/cards/1/disable", data=data)).status_code == 422
    data["reason"] = "reported lost"
    assert (await guard.post("/holders/1/cards/1/disable", data=data)).status_code == 303
    assert (await guard.post("/holders/1/cards/1/enable", data=data)).status_code == 403
    page = (await admin.get("/holders/1/cards/1")).text
    assert "reported lost" in page
    data = {"form_token": field_of(page, "form_token"), "reason": "found again"}
    assert (await admin.post("/holders/1/cards/1/enable", data=data)).status_code == 303
    twice = await admin.post("/holders/1/cards/1/enable", data=data)
    assert "The card has changed meanwhile." in twice.text
    term = {**data, **TERM, "valid_until": "2026-01-01"}
    late = await admin.post("/holders/1/cards/1/term", data=term)
    assert "The last day lies before the first." in late.text
    assert (await admin.post("/holders/1/cards/1/term", data={**data, **TERM})).status_code == 303
    assert (await admin.post("/holders/1/cards/1/revoke", data=data)).status_code == 303
    assert "Revoked" in (await admin.get("/holders/1")).text


async def test_a_lost_card_is_replaced_whole_or_not_at_all(admin: httpx.AsyncClient) -> None:
    """A new number that cannot be issued leaves the lost card as it was."""
    await issue(admin, "1,1")
    await issue(admin, "1,2", 2)
    page = (await admin.get("/holders/1/cards/new?replaces=1")).text
    assert "is revoked for good" in page
    data = {"form_token": field_of(page, "form_token"), "notation": "w26", "replaces": "1", **TERM}
    taken = await admin.post("/holders/1/cards/new", data={**data, "number": "1,2"})
    assert "Person 2 has this card already." in taken.text
    assert "Revoked" not in (await admin.get("/holders/1")).text
    done = await admin.post("/holders/1/cards/new", data={**data, "number": "1,3"})
    assert done.status_code == 303
    page = (await admin.get("/holders/1")).text
    assert "Revoked" in page
    assert "Enabled" in page


async def test_what_the_cards_may_do_is_set_at_the_person(admin: httpx.AsyncClient) -> None:
    """Staff begin with the level of members."""
    page = (await admin.get("/holders/1")).text
    assert 'value="members" checked' in page
    data = {"form_token": field_of(page, "form_token"), "levels": ["visitors"]}
    assert (await admin.post("/holders/1/levels", data=data)).status_code == 303
    page = (await admin.get("/holders/1")).text
    assert 'value="members" checked' not in page
    assert 'value="visitors" checked' in page
