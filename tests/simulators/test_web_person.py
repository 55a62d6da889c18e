"""A person who reads pages and fills in the forms that stand on them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from simulators.web_person import PageProblem, WebPerson, read_page

HTML = """<html><head><style>p {}</style></head><body><h1>Book</h1>
<a href="/visits/7">Wang</a> <a href="/visits/7">again</a> <a href="/other">other</a>
<p class="big one-time">CODE-1</p>
<form method="post" action="/book">
<input type="hidden" name="form_token" value="t">
<input name="name" value=""><input type="checkbox" name="consent" value="v1">
<input type="checkbox" name="agreed" checked>
<select name="gate"><option value="a">A</option><option value="b" selected>B</option></select>
<select name="count"><option value="0">0</option><option value="1">1</option></select>
<textarea name="note"> hello </textarea><button name="go" type="submit">Send</button>
</form><form action="/cancel"></form></body></html>"""


def test_a_form_has_what_a_browser_would_send() -> None:
    """Presets, chosen options and ticked boxes; nothing that a person has not done."""
    form = read_page("http://x/visit", 200, HTML).form("/book")
    assert form.method == "POST"
    assert form.fields == {
        "form_token": "t",
        "name": "",
        "agreed": "on",
        "gate": "b",
        "count": "0",
        "note": "hello",
    }
    assert {"consent", "go"} <= form.offered


def test_text_links_and_elements_are_found() -> None:
    """What stands on a page, without its styles; links each once, as whole addresses."""
    page = read_page("http://x/visit", 200, HTML)
    assert page.text.startswith("Book Wang")
    assert page.links("/visits/") == ["http://x/visits/7"]
    assert page.words_of("one-time") == "CODE-1"
    consent = page.find("value")
    assert consent is not None
    assert consent["name"] == "form_token"
    assert page.find("data-pass") is None


def test_what_is_not_there_is_said_by_name() -> None:
    """A missing form or class is a problem that names what there is."""
    page = read_page("http://x/visit", 200, HTML)
    with pytest.raises(PageProblem, match="/book, /cancel"):
        page.form("/approve")
    with pytest.raises(PageProblem, match="secret"):
        page.words_of("secret")


@asynccontextmanager
async def site(answer: Callable[[str], tuple[int, str]]) -> AsyncIterator[tuple[str, list[str]]]:
    """A small web server on loopback: its origin, and every request as it came."""
    requests: list[str] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = next(
            (
                int(x.split(":")[1])
                for x in head.splitlines()
                if x.lower().startswith("content-len")
            ),
            0,
        )
        requests.append(head + (await reader.readexactly(length)).decode())
        status, body = answer(head.split(" ")[1])
        payload = body.encode()
        writer.write(
            f"HTTP/1.1 {status} X\r\ncontent-type: text/html\r\nconnection: close\r\n"
            f"content-length: {len(payload)}\r\n\r\n".encode()
            + payload
        )
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", requests


async def test_a_form_is_sent_with_presets_and_what_was_typed() -> None:
    """Hidden fields go along, typed ones replace presets, several boxes of one name all go."""
    async with site(lambda _: (200, HTML)) as (origin, requests), WebPerson(origin) as person:
        page = await person.visit("/visit")
        await person.send(page, page.form("/book"), {"name": "Li", "agreed": ["x", "y"]})
    body = requests[1].partition("\r\n\r\n")[2]
    assert "form_token=t" in body
    assert "name=Li" in body
    assert "agreed=x&agreed=y" in body
    assert f"origin: {origin}" in requests[1].lower()


async def test_a_field_that_is_not_on_the_page_cannot_be_filled() -> None:
    """A scenario must not do what no person could."""
    async with site(lambda _: (200, HTML)) as (origin, _), WebPerson(origin) as person:
        page = await person.visit("/visit")
        with pytest.raises(PageProblem, match="no field role"):
            await person.send(page, page.form("/book"), {"role": "administrator"})


async def test_error_pages_and_dead_servers_are_problems() -> None:
    """Both say which address it was."""
    async with site(lambda _: (422, "<p>too many</p>")) as (origin, _), WebPerson(origin) as person:
        with pytest.raises(PageProblem, match="422 too many"):
            await person.visit("/visit")
        with pytest.raises(PageProblem, match="422"):
            await person.post_json("/visit", {})
    async with WebPerson(origin) as person:
        with pytest.raises(PageProblem, match="ConnectError"):
            await person.visit("/visit")


async def test_json_and_files_are_given_as_they_are() -> None:
    """What a page's script gets, and what a download holds."""
    page = read_page("/visit", 200, HTML)
    async with site(lambda _: (200, '{"a": "b"}')) as (origin, _), WebPerson(origin) as person:
        assert await person.post_json("/x", {}) == {"a": "b"}
        assert await person.send_for_file(page, page.form("/book")) == '{"a": "b"}'
