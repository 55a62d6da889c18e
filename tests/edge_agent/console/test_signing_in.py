"""Signing in at the console."""

from pathlib import Path

import pytest

from edge_agent.console.signing_in import MOST_FORM_BYTES
from tests.edge_agent.console.a_console import ORIGIN, a_desk

PAGES = ["/", "/live", "/devices/turnstile", "/devices/camera-in/picture"]


@pytest.mark.parametrize("path", PAGES)
async def test_without_a_session_every_page_leads_to_the_code(tmp_path: Path, path: str) -> None:
    """Nothing of the gate is seen."""
    async with a_desk(tmp_path) as desk:
        answer = await desk.browser.get(path)
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")


async def test_a_good_code_opens_the_console_once(tmp_path: Path) -> None:
    """The cookie is for this site and for no script; the code is used up; signing out ends it."""
    async with a_desk(tmp_path) as desk:
        code = desk.code
        answer = await desk.post("/sign-in", code=code)
        cookie = answer.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        assert "north-1" in await desk.page("/")
        assert (await desk.post("/sign-in", code=code)).status_code == 403
        answer = await desk.send_own("/", "/sign-out")
        assert answer.headers["location"] == "/sign-in"
        assert (await desk.browser.get("/")).status_code == 303


async def test_a_wrong_code_says_so_and_guessing_is_held_back(tmp_path: Path) -> None:
    """Five tries, then none for a while, not even a good one."""
    async with a_desk(tmp_path) as desk:
        for _ in range(5):
            answer = await desk.post("/sign-in", code="AAAA-AAAA")
            assert answer.status_code == 403
            assert "此验证码无效" in answer.text
        assert (await desk.post("/sign-in", code=desk.code)).status_code == 429
        desk.clock.ahead_ms += 60_000
        assert (await desk.post("/sign-in", code=desk.code)).status_code == 303


async def test_a_form_of_another_page_does_nothing(tmp_path: Path) -> None:
    """Without the key of the session, or with another, an output is not switched."""
    async with a_desk(tmp_path) as desk:
        await desk.sign_in()
        path = "/devices/turnstile/outputs/release in"
        for fields in ({}, {"form_key": "guess"}):
            assert (await desk.post(path, is_clear="yes", **fields)).status_code == 303
        assert desk.tested == []


@pytest.mark.parametrize("body", [b"x" * (MOST_FORM_BYTES + 1), b"\xff\xfe", b"a=1&" * 50])
async def test_a_form_nobody_would_send_is_no_form(tmp_path: Path, body: bytes) -> None:
    """Too long, no text, or too many fields: as if nothing had been typed."""
    async with a_desk(tmp_path) as desk:
        answer = await desk.browser.post("/sign-in", content=body, headers={"origin": ORIGIN})
        assert answer.status_code == 403
