"""What a request may reach, and how its transaction ends."""

import httpx2 as httpx
import pytest
from fastapi import APIRouter, FastAPI
from sqlalchemy import func, select

from central_server.kit.centre import Centre, Writing, source_of
from central_server.kit.errors import Conflict
from central_server.kit.feed import ChangeKind, FeedRow, note_change
from central_server.kit.guards import public
from central_server.kit.i18n import text


@pytest.fixture
def routes(app: FastAPI) -> None:
    """Routes that write and then end well or badly."""
    router = APIRouter()

    @router.get("/write", dependencies=[public("test")])
    async def write(session: Writing) -> str:
        await note_change(session, ChangeKind.RULES)
        return "written"

    @router.get("/write-and-refuse", dependencies=[public("test")])
    async def write_and_refuse(session: Writing) -> str:
        await note_change(session, ChangeKind.RULES)
        raise Conflict(text("no"))

    app.include_router(router)


async def rows(centre: Centre) -> int:
    """How many changes are stored."""
    async with centre.database.reading() as session:
        return await session.scalar(select(func.count()).select_from(FeedRow)) or 0


@pytest.mark.usefixtures("routes")
async def test_a_route_that_returns_is_committed_before_its_answer(
    client: httpx.AsyncClient, centre: Centre
) -> None:
    """One request is one commit."""
    assert (await client.get("/write")).status_code == 200
    assert await rows(centre) == 1


@pytest.mark.usefixtures("routes")
async def test_a_route_that_refuses_leaves_nothing(
    client: httpx.AsyncClient, centre: Centre
) -> None:
    """A refusal rolls back what the route had written."""
    assert (await client.get("/write-and-refuse")).status_code == 409
    assert await rows(centre) == 0


def test_a_request_without_an_address_has_an_unknown_source() -> None:
    """The source is the peer's address, or a word."""
    from fastapi import Request  # noqa: PLC0415 - only here

    assert source_of(Request({"type": "http", "client": None})) == "unknown"
    assert source_of(Request({"type": "http", "client": ("10.1.2.3", 5)})) == "10.1.2.3"
