"""Sign-in, one-time links and the list of operators, as a browser sees them."""

import re

import httpx2 as httpx
import pytest

from central_server.kit.centre import Centre
from central_server.kit.permissions import Role
from central_server.operators import service
from tests.central_server.conftest import SignIn

PASSWORD = "correct horse battery"


def form_token(page: httpx.Response) -> str:
    """The token in a page's first form."""
    found = re.search(r'name="form_token" value="([^"]+)"', page.text)
    assert found is not None
    return found[1]


async def first_administrator(client: httpx.AsyncClient, centre: Centre) -> None:
    """Go through the link of the first start."""
    async with centre.database.writing() as session:
        token = await service.make_first_link(session, centre.clock.now().wall_ms, 24)
    page = await client.get(f"/link/{token}")
    data = {
        "form_token": form_token(page),
        "login_name": "Root",
        "full_name": "李雷",
        "password": PASSWORD,
    }
    answer = await client.post(f"/link/{token}", data=data)
    assert answer.status_code == 303, answer.text
    again = await client.post(f"/link/{token}", data=data)
    assert again.status_code == 404


async def test_the_first_link_makes_one_administrator_and_signs_in(
    client: httpx.AsyncClient, centre: Centre
) -> None:
    """The link of the first start makes the first administrator once."""
    await first_administrator(client, centre)
    page = await client.get("/operators")
    assert page.status_code == 200, page.text
    assert "李雷" in page.text
    async with centre.database.writing() as session:
        assert await service.make_first_link(session, 0, 24) is None


async def test_signing_in_needs_the_right_password(
    client: httpx.AsyncClient, centre: Centre
) -> None:
    """A wrong password is refused with what was typed kept, the right one signs in."""
    await first_administrator(client, centre)
    client.cookies.clear()
    wanted = await client.get("/operators")
    assert wanted.headers["location"] == "/sign-in?next=%2Foperators"
    page = await client.get(wanted.headers["location"])
    data = {"form_token": form_token(page), "login_name": "root", "next": "/operators"}
    wrong = await client.post("/sign-in", data={**data, "password": "wrong"})
    assert wrong.status_code == 422
    assert 'value="root"' in wrong.text
    right = await client.post("/sign-in", data={**data, "password": PASSWORD})
    assert right.headers["location"] == "/operators"
    assert (await client.get("/operators")).status_code == 200


@pytest.mark.parametrize("header", [{"origin": "https://evil.example"}, {"origin": "null"}])
async def test_a_form_from_elsewhere_is_refused(
    client: httpx.AsyncClient, header: dict[str, str]
) -> None:
    """A form posted from another origin is refused even with a right token."""
    page = await client.get("/sign-in")
    data = {"form_token": form_token(page), "login_name": "root", "password": "x"}
    assert (await client.post("/sign-in", data=data, headers=header)).status_code == 403
    assert (await client.post("/sign-in", data={**data, "form_token": "x"})).status_code == 403


async def test_an_operator_is_added_changed_and_gets_a_new_link(
    client: httpx.AsyncClient, centre: Centre
) -> None:
    """The list shows each one-time link exactly once."""
    await first_administrator(client, centre)
    client.headers["accept-language"] = "en"
    token = form_token(await client.get("/operators"))
    data: dict[str, str | list[str]] = {"form_token": token, "login_name": "mei"}
    hasty = await client.post("/operators", data=data)
    assert hasty.status_code == 422
    assert 'value="mei"' in hasty.text
    data |= {"full_name": "韩梅梅", "roles": ["host"]}
    added = await client.post("/operators", data=data)
    assert "/link/" in added.text
    assert "taken" in (await client.post("/operators", data=data)).text
    assert "/link/" not in (await client.get("/operators")).text
    assert "Link not used yet" in (await client.get("/operators")).text
    changed = await client.post(
        "/operators/2", data={"form_token": token, "roles": ["security"], "is_enabled": "true"}
    )
    assert changed.status_code == 303
    assert 'value="security" checked' in (await client.get("/operators/2")).text
    again = await client.post("/operators/2/link", data={"form_token": token})
    assert "/link/" in again.text
    last = await client.post("/operators/1", data={"form_token": token, "roles": ["host"]})
    assert "last administrator" in last.text


async def test_signing_out_ends_the_session(client: httpx.AsyncClient, centre: Centre) -> None:
    """Here, or everywhere; the start page of a stranger is the booking."""
    await first_administrator(client, centre)
    assert (await client.get("/")).headers["location"] == "/gates"
    token = form_token(await client.get("/account"))
    out = await client.post("/sign-out", data={"form_token": token})
    assert out.headers["location"] == "/sign-in"
    assert (await client.get("/account")).status_code == 303
    assert (await client.get("/")).headers["location"] == "/visit"


async def test_guessing_is_slowed_down(client: httpx.AsyncClient) -> None:
    """After a few tries from one address the rest are told to wait."""
    token = form_token(await client.get("/sign-in"))
    data = {"form_token": token, "login_name": "root", "password": "guess"}
    codes = [(await client.post("/sign-in", data=data)).status_code for _ in range(8)]
    assert codes == [422] * 6 + [429] * 2


@pytest.mark.parametrize("wanted", ["https://evil.example", "//evil.example", "/\\evil"])
async def test_sign_in_leads_nowhere_else(client: httpx.AsyncClient, wanted: str) -> None:
    """A foreign address after sign-in becomes the start page."""
    page = await client.get("/sign-in", params={"next": wanted})
    assert 'name="next" value="/"' in page.text


async def test_the_audit_says_who_did_what(sign_in: SignIn) -> None:
    """With the operator's name, in words, newest first; without entries it says so."""
    auditor = await sign_in(Role.AUDITOR, "Wang Fang")
    token = form_token(await auditor.get("/account"))
    page = (await auditor.get("/audit")).text
    assert "Password set" in page
    await auditor.post("/sign-out", data={"form_token": token})
    again = await sign_in(Role.AUDITOR, "Zhao")
    page = (await again.get("/audit")).text
    assert "Wang Fang" in page
    assert "Signed out" in page
    assert "Nothing recorded yet" in (await again.get("/audit?before=1")).text
