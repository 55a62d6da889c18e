"""The visitor's pages through the real application: booking, status, pass, cancel."""

import asyncio
import re
from base64 import b64decode, b64encode

import httpx2 as httpx
import pytest

from access_core.ids import KeyId
from access_core.passes.pass_token import PassType, render
from access_core.passes.rotation import Reveal, make_chain
from access_core.passes.signing import PassRefusal, verify
from central_server.kit.centre import Centre
from central_server.kit.permissions import Role
from tests.central_server.conftest import SignIn, StandingClock
from tests.central_server.visitors import book, field_of, filled, press


def data_of(page: str, name: str) -> str:
    """A data attribute of the pass on a page."""
    found = re.search(rf'data-{name}="([^"]*)"', page)
    assert found is not None, f"no data-{name} on the page"
    return found[1]


async def approved(visitor: httpx.AsyncClient, centre: Centre, sign_in: SignIn) -> str:
    """A visit that its host has approved; the path of its page."""
    host = await sign_in(Role.HOST)
    path = await book(visitor, centre)
    assert (await press(host, "/my-visits/1/approve")).status_code == 303
    return path


async def anchored(
    visitor: httpx.AsyncClient, path: str, seed: bytes = b"s" * 16, claim: str = ""
) -> httpx.Response:
    """What the phone does first: make a chain and send its anchor."""
    page = (await visitor.get(path)).text
    pass_id = b64decode(data_of(page, "pass-id"))
    span_s = int(data_of(page, "not-after-s")) - int(data_of(page, "not-before-s"))
    chain = make_chain(pass_id, seed, span_s // 15)
    body = {"pass_id": b64encode(pass_id).decode(), "anchor": b64encode(chain[0]).decode()}
    return await visitor.post(f"{path}/anchor", json={**body, "claim": claim})


async def test_a_booking_leads_to_its_own_page(visitor: httpx.AsyncClient, centre: Centre) -> None:
    """After sending, the visitor sees who decides, by when, and what happens if nobody does."""
    path = await book(visitor, centre)
    page = await visitor.get(path)
    assert page.status_code == 200
    assert (
        "Li Ming or the security desk decides, at the latest at Fri 15 Jan 2027 17:00" in page.text
    )
    assert "If nobody answers by then, the request ends" in page.text
    assert len(path.removeprefix("/visit/")) * 4 >= 128


async def test_pressing_twice_books_once(visitor: httpx.AsyncClient, centre: Centre) -> None:
    """The same form sent again gives the same booking."""
    form = await filled(visitor, centre)
    first, second = [await visitor.post("/visit", data=form) for _ in range(2)]
    assert first.headers["location"] == second.headers["location"]
    changed = await visitor.post("/visit", data={**form, "name": "Ada Byron"})
    assert changed.headers["location"] != first.headers["location"]


async def test_another_language_keeps_what_is_typed_and_books_nothing(
    visitor: httpx.AsyncClient, centre: Centre, sign_in: SignIn
) -> None:
    """The switch is a button of the form: no script, no errors that nobody asked for, no visit."""
    form = await filled(visitor, centre, phone="12", name="Ada", note="by train")
    switch = r'<button [^>]*form="booking" name="lang" value="zh"[^>]*formnovalidate'
    assert re.search(switch, (await visitor.get("/visit")).text)
    answer = await visitor.post("/visit", data={**form, "lang": "zh"})
    assert answer.status_code == 200
    assert '<html lang="zh-CN">' in answer.text
    assert [field_of(answer.text, name) for name in ("phone", "name", "note", "key")] == [
        "12",
        "Ada",
        "by train",
        form["key"],
    ]
    assert "phone-error" not in answer.text
    assert '<html lang="zh-CN">' in (await visitor.get("/visit")).text
    assert "Ada" not in (await (await sign_in(Role.SECURITY)).get("/desk")).text


async def test_another_language_says_the_errors_again(
    visitor: httpx.AsyncClient, centre: Centre
) -> None:
    """A form that was shown with errors has them in the other language, those of the rules too."""
    form = await filled(visitor, centre, phone="12", name="Ada")
    refused = (await visitor.post("/visit", data=form)).text
    assert '<input type="hidden" form="booking" name="checked" value="1">' in refused
    answer = await visitor.post("/visit", data={**form, "checked": "1", "lang": "zh"})
    assert 'id="phone-error">请填写 7 至 15 位数字' in answer.text
    short = {**form, "phone": "13812345678", "until": "16:05", "checked": "1", "lang": "zh"}
    assert 'id="until-error"' in (await visitor.post("/visit", data=short)).text
    assert field_of(answer.text, "name") == "Ada"


async def test_another_language_keeps_the_claim_of_a_pass(
    visitor: httpx.AsyncClient, centre: Centre
) -> None:
    """What the address asks for stays in it."""
    path = await book(visitor, centre)
    page = (await visitor.get(f"{path}?claim=abc")).text
    assert 'href="?claim=abc&amp;lang=zh"' in page


async def test_errors_stand_beside_their_field_and_nothing_typed_is_lost(
    visitor: httpx.AsyncClient, centre: Centre
) -> None:
    """A refused form comes back with every value, in the visitor's language."""
    form = await filled(visitor, centre, phone="12", name="<Ada & Co>", plate="京A12345")
    answer = await visitor.post("/visit?lang=zh", data=form)
    assert answer.status_code == 422
    assert 'id="phone-error">请填写 7 至 15 位数字' in answer.text
    assert 'value="&lt;Ada &amp; Co&gt;"' in answer.text
    assert field_of(answer.text, "plate") == "京A12345"
    assert field_of(answer.text, "key") == form["key"]
    assert re.search(r'id="phone"[^>]*aria-describedby="phone-error', answer.text)
    assert "<details open>" in answer.text


async def test_a_file_in_place_of_words_is_refused(
    visitor: httpx.AsyncClient, centre: Centre
) -> None:
    """What no browser sends is answered like any other mistake."""
    form = await filled(visitor, centre)
    form.pop("name")
    answer = await visitor.post("/visit", data=form, files={"name": b"not words"})
    assert answer.status_code == 422
    assert 'id="name-error">Write words here, please.' in answer.text


async def test_rules_speak_at_their_field(visitor: httpx.AsyncClient, centre: Centre) -> None:
    """A day too far away is told at the day."""
    answer = await visitor.post("/visit", data=await filled(visitor, centre, day="2027-06-01"))
    assert answer.status_code == 422
    assert 'id="day-error">Choose a day within the next 30 days.' in answer.text


async def test_a_known_and_an_unknown_host_are_answered_alike(
    visitor: httpx.AsyncClient, centre: Centre, sign_in: SignIn
) -> None:
    """The page of the visit never confirms that a person exists."""
    await sign_in(Role.HOST, "Known Host")
    pages = []
    for name in ("Known Host", "Nobody Here"):
        path = await book(visitor, centre, host_name=name)
        page = (await visitor.get(path)).text
        hidden = {path: "PATH", name: "HOST", field_of(page, "form_token"): "TOKEN"}
        for what, word in hidden.items():
            page = page.replace(what, word)
        pages.append(page)
    assert pages[0] == pages[1]


async def test_a_wrong_link_answers_like_any_missing_page(visitor: httpx.AsyncClient) -> None:
    """Nothing tells a near miss from an address that never was."""
    answers = [
        await visitor.get(path) for path in (f"/visit/{'0' * 40}", "/visit/x", "/no-such-page")
    ]
    assert [answer.status_code for answer in answers] == [404] * 3
    bodies = {re.sub(r'value="[^"]*"', "", answer.text) for answer in answers}
    assert len(bodies) == 1


async def test_bookings_are_limited(visitor: httpx.AsyncClient, centre: Centre) -> None:
    """From one address ten bookings go through at once, the next must wait; nothing is lost."""
    form = await filled(visitor, centre)
    answers = [await visitor.post("/visit", data=form) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [303] * 10 + [429]
    assert 'href="#send">Too many attempts.' in answers[-1].text
    assert field_of(answers[-1].text, "name") == "Ada Lovelace"


async def test_an_approved_visit_shows_a_pass_that_holds(
    visitor: httpx.AsyncClient, centre: Centre, sign_in: SignIn
) -> None:
    """The signed part that the phone gets verifies, with the claims that were approved."""
    path = await approved(visitor, centre, sign_in)
    signed = b64decode((await anchored(visitor, path)).json()["signed"])
    page = (await visitor.get(path)).text
    begins_s, ends_s = int(data_of(page, "not-before-s")), int(data_of(page, "not-after-s"))
    chain = make_chain(b64decode(data_of(page, "pass-id")), b"s" * 16, (ends_s - begins_s) // 15)
    keys = {KeyId(centre.keys.issuer.current): centre.keys.issuer.signing.public_key()}
    verified = verify(render(signed, Reveal(1, chain[1])).encode(), keys)
    assert not isinstance(verified, PassRefusal)
    assert verified.claims.type is PassType.VISITOR
    assert verified.claims.uses == 1
    assert verified.claims.zones == 1
    assert (verified.claims.not_before_s, verified.claims.not_after_s) == (begins_s, ends_s)
    assert verified.claims.anchor == chain[0]


async def test_the_pass_lives_on_the_phone_that_was_first(
    visitor: httpx.AsyncClient, centre: Centre, sign_in: SignIn
) -> None:
    """The same anchor gets the same answer, another phone's is refused until it takes over."""
    path = await approved(visitor, centre, sign_in)
    first = await anchored(visitor, path)
    assert (await anchored(visitor, path)).json() == first.json()
    assert (await anchored(visitor, path, b"t" * 16)).status_code == 409
    before = (await visitor.get(path)).text
    moved = (await press(visitor, f"{path}/move")).headers["location"]
    assert "data-for-another" in (await visitor.get(path)).text
    assert (await anchored(visitor, path)).status_code == 409
    after = (await visitor.get(moved)).text
    assert "data-for-another" not in after
    assert data_of(after, "pass-id") != data_of(before, "pass-id")
    short = re.compile(r'class="short"[^>]*>([^<]+)')
    assert short.findall(after) == short.findall(before)
    claim = moved.partition("?claim=")[2]
    assert (await anchored(visitor, path, b"t" * 16, claim)).status_code == 200


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[1]", b'{"pass_id":"AA==","anchor":"AA=="}', b"\xff" * 300]
)
async def test_a_broken_anchor_is_refused(
    visitor: httpx.AsyncClient, centre: Centre, sign_in: SignIn, body: bytes
) -> None:
    """Whatever is no anchor is answered with a 4xx and changes nothing."""
    path = await approved(visitor, centre, sign_in)
    answer = await visitor.post(f"{path}/anchor", content=body)
    assert 400 <= answer.status_code < 500
    assert data_of((await visitor.get(path)).text, "anchor") == ""


async def test_the_state_changes_with_every_step(
    visitor: httpx.AsyncClient, centre: Centre, sign_in: SignIn
) -> None:
    """A step that changes something is a new version; the script also gets the right time."""
    host = await sign_in(Role.HOST)
    path = await book(visitor, centre)
    seen = [(await visitor.get(f"{path}/state")).json()]
    for act in ("undo", "approve", "withdraw"):
        await press(host, f"/my-visits/1/{act}")
        seen.append((await visitor.get(f"{path}/state")).json())
    versions = [state["version"] for state in seen]
    assert versions[0] == versions[1] < versions[2] < versions[3]
    assert seen[0]["now_ms"] == centre.clock.now().wall_ms


async def test_news_are_told_at_once(
    visitor: httpx.AsyncClient, centre: Centre, sign_in: SignIn
) -> None:
    """A question that waits is answered by the approval itself, not by its time limit."""
    host = await sign_in(Role.HOST)
    path = await book(visitor, centre)
    seen = (await visitor.get(f"{path}/state")).json()["version"]
    async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
        asked = tasks.create_task(visitor.get(f"{path}/state", params={"seen": seen}))
        await press(host, "/my-visits/1/approve")
    assert asked.result().json()["version"] != seen


async def test_time_alone_changes_the_state(
    visitor: httpx.AsyncClient, centre: Centre, clock: StandingClock
) -> None:
    """When nobody answers in time the page says so by itself."""
    path = await book(visitor, centre)
    before = (await visitor.get(f"{path}/state")).json()["version"]
    clock.advance_ms(3_600_000)
    assert (await visitor.get(f"{path}/state")).json()["version"] != before
    assert "Nobody answered in time" in (await visitor.get(path)).text


async def test_a_cancelled_visit_comes_back_as_it_was(
    visitor: httpx.AsyncClient, centre: Centre, sign_in: SignIn, clock: StandingClock
) -> None:
    """Cancel stops the pass; undo within ten minutes brings the same pass back, later not."""
    path = await approved(visitor, centre, sign_in)
    before = data_of((await visitor.get(path)).text, "pass-id")
    await press(visitor, f"{path}/cancel")
    assert "data-pass-id" not in (await visitor.get(path)).text
    await press(visitor, f"{path}/undo")
    assert data_of((await visitor.get(path)).text, "pass-id") == before
    await press(visitor, f"{path}/cancel")
    clock.advance_ms(601_000)
    assert (await press(visitor, f"{path}/undo")).status_code == 409


async def test_without_javascript_the_page_says_what_to_do(
    visitor: httpx.AsyncClient, centre: Centre, sign_in: SignIn
) -> None:
    """Short code, gate, time and whom to show it to stand in plain words."""
    page = (await visitor.get(await approved(visitor, centre, sign_in))).text
    words = re.sub(r"<[^>]+>", " ", page[page.index("<noscript>") :])
    assert "Show this page to the guard" in words
    assert re.search(r"[0-9A-Y]{4} [0-9A-Y]{4}", words)
    assert "North gate" in words
    assert "16:00–18:00" in words


async def test_the_worker_lies_above_the_pages_it_serves(visitor: httpx.AsyncClient) -> None:
    """The script is served at /visit/ and asked for anew each time."""
    answer = await visitor.get("/visit/worker.js")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cache-control"] == "no-cache"


async def test_the_first_page_is_light(visitor: httpx.AsyncClient) -> None:
    """Page, sheet, script and icon together stay below 60 kB compressed; the sheet below 15."""
    visitor.headers["accept-encoding"] = "gzip"
    page = await visitor.get("/visit")
    addresses = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text))
    sizes = {}
    for address in addresses:
        answer = await visitor.get(address)
        sizes[address] = int(answer.headers["content-length"])
    assert len(page.content) + sum(sizes.values()) < 60_000
    assert max(size for address, size in sizes.items() if address.endswith(".css")) < 15_000
    assert 'href="http' not in page.text
