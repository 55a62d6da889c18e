"""What every request must pass, and what every answer carries."""

from http import HTTPStatus
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers

from edge_agent.console.guard import AT_ONCE, refused
from tests.edge_agent.console.a_console import a_desk


@pytest.mark.parametrize("host", ["127.0.0.1:8480", "localhost", "LOCALHOST:9", "[::1]:8480"])
def test_our_own_names_are_answered(host: str) -> None:
    """Whatever the port: behind a tunnel it is another one."""
    assert refused("GET", Headers({"host": host})) is None


@pytest.mark.parametrize(
    "host", ["", "evil.example", "127.0.0.1.evil.example", "localhost.", "[::1", "10.0.0.9:8480"]
)
def test_other_names_are_refused(host: str) -> None:
    """A page from elsewhere whose name was made to lead here learns nothing."""
    refusal = refused("GET", Headers({"host": host}))
    assert refusal is not None
    assert refusal.status is HTTPStatus.MISDIRECTED_REQUEST
    assert "ssh -L" in refusal.words


@given(st.text(max_size=64))
def test_no_name_is_too_strange(host: str) -> None:
    """Whatever stands there is answered or refused, and nothing raises."""
    refused("GET", Headers(raw=[(b"host", host.encode("utf-8", "replace"))]))


@pytest.mark.parametrize(
    "origin", [None, "null", "http://evil.example", "http://127.0.0.1", "https://127.0.0.1:8480"]
)
def test_what_changes_something_comes_from_our_own_page(origin: str | None) -> None:
    """Any other origin is refused, and so is none; our own is not."""
    headers = {"host": "127.0.0.1:8480"}
    assert refused("POST", Headers(headers | {"origin": "http://127.0.0.1:8480"})) is None
    refusal = refused("POST", Headers(headers if origin is None else headers | {"origin": origin}))
    assert refusal is not None
    assert refusal.status is HTTPStatus.FORBIDDEN


async def test_every_answer_forbids_what_no_page_of_ours_needs(tmp_path: Path) -> None:
    """A page, a file, a redirection and a refusal carry the policy and are kept by nobody."""
    async with a_desk(tmp_path) as desk:
        answers = [await desk.browser.get(path) for path in ("/sign-in", "/static/lane.js", "/")]
        answers.append(await desk.browser.get("/", headers={"host": "evil.example"}))
        assert [answer.status_code for answer in answers] == [200, 200, 303, 421]
        for answer in answers:
            policy = answer.headers["content-security-policy"]
            assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
            assert "unsafe" not in policy
            assert answer.headers["cache-control"] == "no-store"
            assert answer.headers["x-frame-options"] == "DENY"


async def test_a_page_that_runs_wild_is_held_back(tmp_path: Path) -> None:
    """So many requests at once, then `too many`; a moment later it is answered again."""
    async with a_desk(tmp_path) as desk:
        codes = [(await desk.browser.get("/sign-in")).status_code for _ in range(2 * AT_ONCE)]
        assert set(codes) == {200, 429}
        desk.clock.ahead_ms += 1000
        assert (await desk.browser.get("/sign-in")).status_code == 200
