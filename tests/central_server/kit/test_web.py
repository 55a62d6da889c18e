"""The request edge."""

import io

import httpx2 as httpx
from fastapi import APIRouter, FastAPI

from central_server.bootstrap import create_app
from central_server.config import Settings, parse_settings
from central_server.kit.guards import public
from central_server.kit.log import configure_log
from tests.central_server.conftest import StandingClock


async def test_every_answer_has_the_security_headers(client: httpx.AsyncClient) -> None:
    """Pages, refusals, assets and machine answers alike."""
    for path in ("/sign-in", "/no-such-page", "/static/x/none.css", "/edge/v1/changes?after=0"):
        headers = (await client.get(path)).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert "strict-transport-security" not in headers


async def test_behind_https_browsers_are_told_to_stay_there(settings: Settings) -> None:
    """HSTS is sent exactly when the public address is HTTPS."""
    raw: dict[str, object] = {
        "state_dir": str(settings.state_dir),
        "server": {"public_url": "https://g.example"},
    }
    app = create_app(parse_settings(raw, "t"), StandingClock())
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="https://g.example") as client:
        answer = await client.get("/sign-in")
        assert "max-age=31536000" in answer.headers["strict-transport-security"]
        assert "__Host-form=" in answer.headers["set-cookie"]
    await app.state.centre.database.close()


async def test_errors_are_pages_for_people_and_json_for_machines(
    client: httpx.AsyncClient,
) -> None:
    """The same refusal in the form its reader can use, in their language."""
    page = await client.get("/no-such-page", headers={"accept-language": "en"})
    assert page.status_code == 404
    assert "There is nothing at this address." in page.text
    assert "此地址没有内容。" in (await client.get("/no-such-page")).text
    machine = await client.get("/api/none")
    assert machine.json()["error"] == "not_found"
    unreadable = await client.get("/edge/v1/changes?after=x")
    assert unreadable.status_code == 400
    assert (await client.delete("/sign-in")).status_code == 405


async def test_a_surprise_is_a_500_that_says_nothing(
    app: FastAPI, client: httpx.AsyncClient
) -> None:
    """A bug is logged with its route and told to nobody."""
    router = APIRouter()

    @router.get("/bug/{secret}", dependencies=[public("test")])
    async def bug(secret: str) -> None:
        raise LookupError(f"very private {len(secret)}")

    app.include_router(router)
    stream = io.StringIO()
    configure_log(stream)
    answer = await client.get("/bug/abc123secret")
    assert answer.status_code == 500
    assert "private" not in answer.text
    logged = stream.getvalue()
    assert "/bug/{secret}" in logged
    assert "abc123secret" not in logged


async def test_a_form_over_its_limit_is_refused(client: httpx.AsyncClient) -> None:
    """64 kB are enough for any form."""
    answer = await client.post("/sign-in", data={"login_name": "x" * 70_000})
    assert answer.status_code == 413
