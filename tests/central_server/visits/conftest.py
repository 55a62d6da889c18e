"""A visitor's browser at a site with one gate."""

import httpx2 as httpx
import pytest

from central_server.kit.centre import Centre
from tests.central_server.visitors import add_gate


@pytest.fixture
async def visitor(client: httpx.AsyncClient, centre: Centre) -> httpx.AsyncClient:
    """A visitor's browser, at a site with a gate."""
    await add_gate(centre)
    client.headers["accept-language"] = "en"
    return client
