"""Signed requests to the centre over a real socket."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.utils import formatdate

import pytest

from device_drivers.system_clock import SystemClock
from edge_agent.link.transport import (
    CentreRefused,
    CentreUnavailable,
    Credentials,
    Transport,
)
from tests.builders import EDGE, EDGE_KEY
from tests.issuer import OTHER_KEY
from tests.small_centre import Answer, SmallCentre, small_centre

PATH = "/edge/v1/changes"


@asynccontextmanager
async def connected(
    credentials: Credentials | None = None, timeout_s: float = 5.0
) -> AsyncIterator[tuple[SmallCentre, Transport]]:
    """A centre and a transport to it, signing as the edge."""
    signer = credentials or Credentials(edge_id=EDGE, key=EDGE_KEY)
    async with small_centre() as centre:
        transport = Transport(centre.url, SystemClock(), signer=signer, timeout_s=timeout_s)
        try:
            yield centre, transport
        finally:
            await transport.close()


async def test_a_signed_request_is_believed() -> None:
    """Method, path, query and body are signed; 204 is no body."""
    async with connected() as (centre, transport):
        assert await transport.get(PATH, {"after": "0", "wait": "0"}) is None
        assert centre.refused == []
        assert centre.asked == [f"GET {PATH}?after=0&wait=0"]


async def test_another_key_is_refused_with_the_centres_words() -> None:
    """A refusal carries status and code, and is not tried again as if the link were down."""
    async with connected(Credentials(edge_id=EDGE, key=OTHER_KEY)) as (centre, transport):
        with pytest.raises(CentreRefused, match="untrusted signature") as caught:
            await transport.get(PATH, {"after": "0"})
        assert (caught.value.status, caught.value.code) == (401, "untrusted")
        assert len(centre.refused) == 1


async def test_every_request_has_a_nonce_of_its_own() -> None:
    """The same request twice is signed differently."""
    transport = Transport(
        "http://127.0.0.1:1", SystemClock(), signer=Credentials(edge_id=EDGE, key=EDGE_KEY)
    )
    signer = transport._signer
    assert signer is not None
    async with connected() as (_, other):
        assert await other.get(PATH, {"after": "0"}) is None
        assert await other.get(PATH, {"after": "0"}) is None
    await transport.close()


@pytest.mark.parametrize("status", [408, 425, 429, 500, 503])
async def test_a_centre_that_cannot_now_is_asked_later(status: int) -> None:
    """These answers mean try again, after as long as the centre says."""
    async with connected() as (centre, transport):
        centre.laid_out[PATH].append(Answer(status=status, headers={"retry-after": "7"}))
        with pytest.raises(CentreUnavailable) as caught:
            await transport.get(PATH, {})
        assert caught.value.retry_after_s == 7.0


@pytest.mark.parametrize("text", ["", "soon", "-3", "Wed, 21 Oct 2026 07:28:00 GMT"])
async def test_a_retry_after_that_is_no_number_is_ignored(text: str) -> None:
    """Only seconds are understood."""
    async with connected() as (centre, transport):
        centre.laid_out[PATH].append(Answer(status=503, headers={"retry-after": text}))
        with pytest.raises(CentreUnavailable) as caught:
            await transport.get(PATH, {})
        assert caught.value.retry_after_s is None


async def test_a_refusal_in_no_known_words_is_a_refusal_still() -> None:
    """An error page of something in between does not confuse."""
    async with connected() as (centre, transport):
        centre.laid_out[PATH].append(Answer(status=404, body=b"<html>nginx</html>"))
        with pytest.raises(CentreRefused) as caught:
            await transport.get(PATH, {})
        assert (caught.value.status, caught.value.code) == (404, "")


async def test_nobody_there_is_said_in_words() -> None:
    """A connection refused is CentreUnavailable, not a library's error."""
    transport = Transport("http://127.0.0.1:1", SystemClock(), signer=None)
    with pytest.raises(CentreUnavailable, match="POST /x"):
        await transport.post("/x", b"{}")
    await transport.close()


async def test_a_centre_that_says_nothing_is_given_up() -> None:
    """An answer that does not come within the time-out is no answer."""

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        await reader.read()
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    transport = Transport(url, SystemClock(), signer=None, timeout_s=0.1)
    async with server:
        with pytest.raises(CentreUnavailable):
            await transport.post("/x", b"{}")
        await transport.close()


async def test_an_endless_answer_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """No more than the limit is read into memory."""
    monkeypatch.setattr("edge_agent.link.transport.MAX_ANSWER_BYTES", 10)
    async with connected() as (centre, transport):
        centre.laid_out[PATH].append(Answer(body=b"x" * 11))
        with pytest.raises(CentreUnavailable, match="longer than 10 bytes"):
            await transport.get(PATH, {})


async def test_an_answer_tells_how_far_the_clock_is_off() -> None:
    """By the date of the answer, to a second; a date nobody can read changes nothing."""
    async with connected() as (centre, transport):
        assert transport.offset_s is None
        ahead_s = SystemClock().now().wall_s + 3600
        for date in (formatdate(ahead_s, usegmt=True), "tomorrow"):
            centre.laid_out[PATH].append(Answer(status=204, headers={"date": date}))
            await transport.get(PATH, {"after": "0"})
            assert transport.offset_s == pytest.approx(-3600, abs=30)
