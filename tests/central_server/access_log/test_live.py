"""The live list."""

import asyncio
from collections.abc import AsyncIterator

from central_server.access_log.live import LiveLog, sse
from central_server.kit.centre import Centre
from central_server.language import Language
from tests.central_server.an_edge import AnEdge, line
from tests.central_server.conftest import START_MS


async def first_event(stream: AsyncIterator[str]) -> str:
    """The next event that is no comment."""
    async with asyncio.timeout(10):
        async for part in stream:
            if not part.startswith(":"):
                return part
    raise AssertionError("the stream ended")


async def test_what_arrives_is_sent_to_everyone_who_watches(north: AnEdge, centre: Centre) -> None:
    """Both languages, each rendered once, at the moment of the commit."""
    live = LiveLog(centre.database, centre.pages)
    streams = {language: live.stream(language, None) for language in Language}
    for stream in streams.values():
        assert await anext(stream) == ": open\n\n"
    await north.send([line(START_MS)])
    assert "Access granted" in await first_event(streams[Language.EN])
    chinese = await first_event(streams[Language.ZH])
    assert chinese.startswith("id: 1\n")
    assert "准许通行" in chinese
    for stream in streams.values():
        await stream.aclose()


async def test_whoever_was_away_gets_what_came_since(north: AnEdge, centre: Centre) -> None:
    """`Last-Event-ID` names the last batch that was seen."""
    live = LiveLog(centre.database, centre.pages)
    first = [line(START_MS)]
    await north.send(first)
    await north.send([line(START_MS + 1)], 2, north.head(first))
    stream = live.stream(Language.EN, 1)
    event = await first_event(stream)
    assert event.startswith("id: 2\n")
    assert event.count("<tr>") == 1
    await stream.aclose()


def test_an_event_may_have_many_lines() -> None:
    """Each line of the HTML is a data line; blank ones are left out."""
    assert sse(3, "<tr>\n\n</tr>") == "id: 3\ndata: <tr>\ndata: </tr>\n\n"
