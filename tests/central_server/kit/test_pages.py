"""Pages: language, frame, strictness."""

import httpx2 as httpx
import pytest
from jinja2 import UndefinedError

from central_server.kit.centre import Centre
from central_server.kit.i18n import Language
from central_server.kit.permissions import Role
from tests.central_server.conftest import SignIn


async def test_the_language_can_be_switched_and_is_remembered(client: httpx.AsyncClient) -> None:
    """Chinese by default, `?lang=` switches, the cookie remembers."""
    first = await client.get("/sign-in")
    assert '<html lang="zh-CN">' in first.text
    assert "登录" in first.text
    switched = await client.get("/sign-in?lang=en")
    assert '<html lang="en">' in switched.text
    assert "Sign in" in (await client.get("/sign-in")).text


async def test_pages_are_not_kept_by_caches(client: httpx.AsyncClient) -> None:
    """What a page shows must not outlive the session."""
    assert (await client.get("/sign-in")).headers["cache-control"] == "no-store"


async def test_the_navigation_shows_what_one_may_open(sign_in: SignIn) -> None:
    """A host sees no gates; security does."""
    assert 'href="/gates"' in (await (await sign_in(Role.SECURITY)).get("/account")).text
    assert 'href="/gates"' not in (await (await sign_in(Role.HOST)).get("/account")).text


async def test_a_name_that_a_template_gets_wrong_is_an_error(centre: Centre) -> None:
    """A page never shows an empty place where a value should be."""
    frame = centre.pages.bare_frame(Language.EN)
    with pytest.raises(UndefinedError):
        centre.pages.fragment("kit/error.html", object(), frame)
