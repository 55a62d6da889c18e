"""A site with one gate, a visitor's browser and one for each kind of operator."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeAlias

import httpx2 as httpx
import pytest
from fastapi import FastAPI

from central_server.kit.centre import Centre
from central_server.kit.permissions import Role
from tests.central_server.conftest import PUBLIC_URL
from tests.central_server.visitors import add_gate, session_of

SignIn: TypeAlias = Callable[..., Awaitable[httpx.AsyncClient]]


@pytest.fixture
async def visitor(client: httpx.AsyncClient, centre: Centre) -> httpx.AsyncClient:
    """A visitor's browser, at a site with a gate."""
    await add_gate(centre)
    client.headers["accept-language"] = "en"
    return client


@pytest.fixture
async def sign_in(app: FastAPI, centre: Centre) -> AsyncIterator[SignIn]:
    """Gives another browser in which a new operator of a role is signed in."""
    opened: list[httpx.AsyncClient] = []

    async def signed_in(role: Role, full_name: str = "Li Ming") -> httpx.AsyncClient:
        token = await session_of(centre, role, full_name)
        browser = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app),
            base_url=PUBLIC_URL,
            cookies={"session": token},
            headers={"accept-language": "en"},
        )
        opened.append(browser)
        return browser

    yield signed_in
    for browser in opened:
        await browser.aclose()
