"""Sign-in, one-time links and the list of operators, as a browser sees them."""

import re

import httpx2 as httpx
import pytest

from central_server.kit.centre import Centre
from central_server.operators import service

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
