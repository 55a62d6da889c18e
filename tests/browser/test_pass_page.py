"""The pass page in a browser: what it shows is a pass, without a network too."""

import json
from base64 import b64encode
from itertools import pairwise
from pathlib import Path

import cv2
import pytest
import zxingcpp
from playwright.sync_api import Page

from access_core.passes import base45
from access_core.passes.pass_token import render
from access_core.passes.rotation import Reveal, leads_to, make_chain, step_at
from access_core.passes.signing import VerifiedPass, verify
from tests.browser.conftest import Site, Watch
from tests.browser.pass_pages import NewContext, book, host_does
from tests.central_server.conftest import START_MS

pytestmark = pytest.mark.slow
CODE = "canvas[data-text]"


def text_on(page: Page) -> str:
    """The text in the code that the page shows now."""
    page.wait_for_selector(CODE, state="visible")
    return str(page.locator(CODE).get_attribute("data-text"))


def encoded(data: bytes) -> str:
    """Bytes as the page's script takes them."""
    return b64encode(data).decode()


def verified(site: Site, text: str) -> VerifiedPass:
    """The pass in `text`, verified as a gate does it."""
    keys = {kid: key.public_key() for kid, key in site.centre.keys.issuer.keys.items()}
    found = verify(text.encode(), keys)
    assert isinstance(found, VerifiedPass)
    return found


def assert_shows_right_step(site: Site, page: Page) -> int:
    """The code is signed, leads to its anchor, and is of the step a gate expects; returns it.

    The page looks five times a second, so the step may be that of a second ago.
    """
    text_on(page)
    now_ms, text = page.evaluate(
        """() => [
          Date.now() + Number(localStorage.getItem("campus-pass-clock-offset-ms")),
          document.querySelector("canvas[data-text]").dataset.text,
        ]"""
    )
    found = verified(site, text)
    assert found.reveal is not None
    assert found.claims.anchor is not None
    begins_s = found.claims.not_before_s
    right = {step_at(begins_s, (now_ms - ago_ms) // 1000) for ago_ms in (0, 1000)}
    assert found.reveal.step in right
    assert leads_to(found.claims.pass_id, found.reveal, Reveal(0, found.claims.anchor))
    return found.reveal.step


def open_pass(site: Site, page: Page, now_ms: int = START_MS) -> str:
    """Book, have it approved, and stand before the pass; its address."""
    page.clock.install(time=now_ms / 1000)
    address = book(page, site)
    host_does(site, "approve")
    text_on(page)
    return address


def test_the_phone_makes_the_chain_and_the_gate_believes_it(
    site: Site, new_context: NewContext, watch: Watch
) -> None:
    """At the beginning, a step later, an hour later and at the very end the code holds."""
    page = watch.over(new_context().new_page())
    open_pass(site, page)
    steps = [assert_shows_right_step(site, page)]
    for passed_s in (15, 3600 - 15, 3600 - 45):
        page.clock.fast_forward(passed_s * 1000)
        page.wait_for_timeout(300)
        steps.append(assert_shows_right_step(site, page))
    gained = [later - before for before, later in pairwise(steps)]
    assert gained == [pytest.approx(n, abs=1) for n in (1, 239, 237)]
    page.clock.fast_forward(50_000)
    page.wait_for_selector("[data-show=over]", state="visible")
    assert watch.problems == []


def test_script_and_core_agree_byte_for_byte(site: Site, new_context: NewContext) -> None:
    """Chain, base45 and the whole text from the page's modules equal those of the core."""
    page = new_context().new_page()
    page.goto(f"{site.address}/visit")
    folder = site.centre.pages.static.url("visitor/chain.js").rpartition("/")[0]
    pass_id, seed, length = b"\x00\xffpassid", bytes(range(16)), 700
    samples = [b"", b"\x00", b"\xff", b"\xff\xff", b"AB", b"Hello!!", bytes(range(256))]
    found = page.evaluate(
        """async ([folder, passId, seed, length, samples]) => {
          const { makeChain, linkAt } = await import(`${folder}/chain.js`);
          const text = await import(`${folder}/pass_text.js`);
          const bytes = text.fromBase64;
          const links = await makeChain(bytes(passId), bytes(seed), length);
          const steps = [1, 255, 256, length];
          return {
            links: [0, ...steps].map((i) => text.toBase64(linkAt(links, i))),
            base45: samples.map((sample) => text.base45(bytes(sample))),
            texts: steps.map((i) => text.passText(bytes(samples[6]), i, linkAt(links, i))),
          };
        }""",
        [folder, *map(encoded, (pass_id, seed)), length, list(map(encoded, samples))],
    )
    chain = make_chain(pass_id, seed, length)
    steps = [1, 255, 256, length]
    assert found["links"] == [b64encode(chain[i]).decode() for i in [0, *steps]]
    assert found["base45"] == [base45.encode(sample) for sample in samples]
    assert found["texts"] == [render(samples[6], Reveal(i, chain[i])) for i in steps]


def test_the_pass_works_without_a_network(
    site: Site, new_context: NewContext, watch: Watch
) -> None:
    """Once loaded it goes on rotating offline, and even a reload offline brings it back."""
    context = new_context()
    page = watch.over(context.new_page())
    address = open_pass(site, page)
    page.wait_for_function("async () => (await navigator.serviceWorker.ready).active !== null")
    page.wait_for_function(
        "async (path) => Boolean(await caches.match(path))"
        " && (await (await caches.match(path)).text()).includes('data-signed=\"h')",
        arg=address.removeprefix(site.address),
    )
    context.set_offline(True)
    page.clock.fast_forward(60_000)
    page.wait_for_timeout(300)
    before = assert_shows_right_step(site, page)
    assert before >= 5
    page.reload()
    assert assert_shows_right_step(site, page) >= before
    assert watch.problems == []


def test_a_wrong_phone_clock_is_told_and_allowed_for(site: Site, new_context: NewContext) -> None:
    """A phone five minutes ahead shows the right step and says that its clock is wrong."""
    page = new_context().new_page()
    open_pass(site, page, START_MS + 300_000)
    page.wait_for_selector("[data-note=clock]", state="visible")
    page.wait_for_timeout(300)
    assert assert_shows_right_step(site, page) <= 3


def test_a_right_phone_clock_is_not_mentioned(site: Site, new_context: NewContext) -> None:
    """Nobody is told anything about a clock that is right."""
    page = new_context().new_page()
    open_pass(site, page)
    assert not page.is_visible("[data-note=clock]")


def test_the_page_becomes_the_pass_by_itself(site: Site, new_context: NewContext) -> None:
    """The waiting page turns into the pass without a touch; the page tests say how soon."""
    page = new_context().new_page()
    book(page, site)
    page.wait_for_selector(".state.wait", state="visible")
    host_does(site, "approve")
    page.wait_for_selector(CODE, state="visible")


def test_another_phone_can_take_the_pass_over(site: Site, new_context: NewContext) -> None:
    """The second phone says where the pass is, takes it on request, and the first one stops."""
    first = new_context().new_page()
    address = open_pass(site, first)
    before = verified(site, text_on(first))
    second = new_context().new_page()
    second.goto(address)
    second.wait_for_selector("[data-show=elsewhere]", state="visible")
    second.get_by_role("button", name="Use this phone").click()
    after = verified(site, text_on(second))
    assert after.claims.pass_id != before.claims.pass_id
    first.clock.fast_forward(2_000)
    first.wait_for_selector("[data-show=elsewhere]", state="visible")


def test_a_pass_made_early_waits_for_its_time(site: Site, new_context: NewContext) -> None:
    """Before its time there is no code; when it comes the code appears without a network."""
    context = new_context()
    page = context.new_page()
    page.clock.install(time=START_MS / 1000)
    book(page, site, **{"from": "16:30", "until": "18:00"})
    host_does(site, "approve")
    page.wait_for_selector("[data-show=early]", state="visible")
    context.set_offline(True)
    page.clock.fast_forward(30 * 60_000)
    assert assert_shows_right_step(site, page) <= 4


def test_a_shortened_visit_keeps_its_chain(site: Site, new_context: NewContext) -> None:
    """The phone goes on with the chain it made, until the earlier end."""
    page = new_context().new_page()
    open_pass(site, page)
    version = page.get_attribute("[data-visit-version]", "data-visit-version")
    host_does(site, "shorten", until="17:00")
    page.wait_for_selector(f"[data-visit-version]:not([data-visit-version='{version}'])")
    assert_shows_right_step(site, page)
    page.clock.fast_forward(3600_000)
    page.wait_for_selector("[data-show=over]", state="visible")


@pytest.mark.parametrize("wake_lock", ["absent", "refused"])
def test_a_screen_that_cannot_be_kept_awake_is_no_error(
    site: Site, new_context: NewContext, watch: Watch, wake_lock: str
) -> None:
    """Where the browser has no wake lock or refuses it, the pass is shown all the same."""
    context = new_context()
    value = {
        "absent": "undefined",
        "refused": "{ request: () => Promise.reject(new DOMException('no')) }",
    }[wake_lock]
    context.add_init_script(f"Object.defineProperty(navigator, 'wakeLock', {{ value: {value} }});")
    page = watch.over(context.new_page())
    open_pass(site, page)
    assert watch.problems == []


def test_a_browser_that_keeps_nothing_still_shows_the_pass(
    site: Site, new_context: NewContext
) -> None:
    """Without storage the pass lives as long as the page, and the page says so."""
    context = new_context()
    context.add_init_script(
        "Object.defineProperty(window, 'localStorage',"
        " { get() { throw new DOMException('denied', 'SecurityError'); } });"
    )
    page = context.new_page()
    open_pass(site, page)
    page.wait_for_selector("[data-note=unkept]", state="visible")


def test_the_code_is_large_square_and_sharp(site: Site, new_context: NewContext) -> None:
    """At least 240 CSS pixels, whole device pixels a module, white around it in dark mode too."""
    page = new_context(color_scheme="dark", device_scale_factor=3).new_page()
    open_pass(site, page)
    shape = json.loads(
        page.locator(CODE).evaluate(
            """(canvas) => {
              const box = canvas.getBoundingClientRect();
              const corner = canvas.getContext("2d").getImageData(0, 0, 1, 1).data;
              return JSON.stringify({ width: box.width, height: box.height,
                pixels: canvas.width, modules: canvas.width % 57, corner: [...corner] });
            }"""
        )
    )
    assert shape["width"] == shape["height"] >= 240
    assert shape["pixels"] == pytest.approx(shape["width"] * 3, abs=0.1)
    assert shape["modules"] == 0  # version 8 (49) and four of white on each side
    assert shape["corner"] == [255, 255, 255, 255]


def test_an_independent_decoder_reads_the_screen(
    site: Site, new_context: NewContext, tmp_path: Path
) -> None:
    """A picture of the page, as a camera would see it at best, gives exactly the text."""
    page = new_context(color_scheme="dark").new_page()
    open_pass(site, page)
    shot = tmp_path / "pass.png"
    page.screenshot(path=shot)
    (code,) = zxingcpp.read_barcodes(cv2.imread(str(shot)))
    assert verified(site, code.text).claims == verified(site, text_on(page)).claims
    assert len(code.text) <= 214
