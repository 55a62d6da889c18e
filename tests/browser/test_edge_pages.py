"""The pages of an edge in a browser: the screen at the lane and the technician's console."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, ViewportSize

from access_core.devices.commands import ShowFeedback, Signal
from access_core.devices.events import Direction
from access_core.policy.reason_texts import TEXTS
from edge_agent.console.serving import HOST, serve
from edge_agent.gate import feedback
from edge_agent.gate.commands import ShowAtReader
from simulators.run_folder import free_port
from tests.browser.conftest import AXE, DESKTOP, PHONE, START_LIMIT_S, Watch
from tests.browser.pass_pages import NewContext
from tests.browser.test_visit_pages import SMALL_TARGETS, SMALL_WORDS, WAYS, Seen, axe_violations
from tests.edge_agent.console.a_console import Desk, a_desk

pytestmark = pytest.mark.slow
SCREENS = [(1280, 800), (480, 800), (800, 480), (1080, 1920)]
SMALLEST_TEXT = """() => Math.min(...[...document.querySelectorAll("p, header span")]
  .map((element) => parseFloat(getComputedStyle(element).fontSize)))"""
OVERFLOWS = """() => [...document.querySelectorAll("p, header span, svg")].filter((element) => {
  const box = element.getBoundingClientRect();
  return box.width && (box.left < 0 || box.top < 0
    || box.right > innerWidth || box.bottom > innerHeight);
}).map((element) => element.id || element.getAttribute("class"))"""
LONGEST = max(TEXTS.values(), key=lambda text: len(text.bearer_en))


@dataclass(slots=True)
class Edge:
    """A console that answers on loopback, in a thread of its own."""

    address: str
    desk: Desk
    loop: asyncio.AbstractEventLoop
    end: Callable[[], object]

    def show(self, shown: ShowFeedback) -> None:
        """The gate shows this at its reader."""
        command = ShowAtReader(reader=None, feedback=shown)
        self.loop.call_soon_threadsafe(self.desk.console.board.show, command)


@pytest.fixture
def edge(tmp_path: Path) -> Iterator[Edge]:
    """Ended after the test, if the test has not done so."""
    port, made, is_up = free_port(), list[Edge](), threading.Event()

    async def run() -> None:
        async with a_desk(tmp_path) as desk, asyncio.TaskGroup() as group:
            serving = group.create_task(serve(desk.console.application(desk.over), port, desk.over))
            loop = asyncio.get_running_loop()
            address = f"http://{HOST}:{port}"
            made.append(
                Edge(address, desk, loop, lambda: loop.call_soon_threadsafe(serving.cancel))
            )
            is_up.set()
            await asyncio.wait([serving])

    thread = threading.Thread(target=asyncio.run, args=(run(),))
    thread.start()
    assert is_up.wait(START_LIMIT_S)
    yield made[0]
    if thread.is_alive():
        made[0].end()
    thread.join(START_LIMIT_S)


def sign_in(page: Page, edge: Edge, language: str = "en") -> None:
    """Type a good code."""
    page.goto(f"{edge.address}/sign-in?lang={language}")
    page.fill("#code", edge.desk.code)
    page.click("form.code button")
    page.wait_for_selector("#live")


def longest_refusal() -> ShowFeedback:
    """The longest text that a bearer may be told."""
    return ShowFeedback(
        signal=Signal.STOP,
        direction=Direction.ENTRY,
        text_zh=LONGEST.bearer_zh,
        text_en=LONGEST.bearer_en,
    )


SHOWN = {
    Signal.READY: feedback.ready(Direction.ENTRY),
    Signal.GO: feedback.go(Direction.ENTRY),
    Signal.STOP: longest_refusal(),
    Signal.WAIT: feedback.one_moment(Direction.ENTRY),
    Signal.EMERGENCY: feedback.emergency(Direction.ENTRY),
}


@pytest.mark.parametrize("size", SCREENS, ids=str)
def test_the_screen_says_everything_by_sign_and_word(
    edge: Edge, new_context: NewContext, size: tuple[int, int]
) -> None:
    """Each signal has its own sign and word, both languages, no text below 24 px, all in sight."""
    page = new_context(viewport=ViewportSize(width=size[0], height=size[1])).new_page()
    watch = Watch(edge.address)
    watch.over(page)
    page.goto(f"{edge.address}/lane/north-1-in")
    words: set[str] = set()
    for signal, shown in SHOWN.items():
        edge.show(shown)
        page.wait_for_selector(f"body[data-signal={signal.value}]")
        page.wait_for_selector(f"#text-en:text-is('{shown.text_en}')")
        visible = page.locator(".signs svg:visible")
        assert visible.count() == 1
        assert visible.get_attribute("class") == signal.value
        words.add(page.inner_text("#word-zh") + page.inner_text("#word-en"))
        assert page.inner_text("#text-zh") == shown.text_zh
        assert page.evaluate(SMALLEST_TEXT) >= 24
        assert page.evaluate(OVERFLOWS) == [], signal
    assert len(words) == len(SHOWN)
    assert watch.problems == []


def test_the_screen_says_when_it_has_lost_the_gate(edge: Edge, new_context: NewContext) -> None:
    """With sign and word, and where to go."""
    page = new_context(viewport=DESKTOP).new_page()
    page.goto(f"{edge.address}/lane/north-1-in")
    edge.show(feedback.go(Direction.ENTRY))
    page.wait_for_selector("body[data-signal=go]")
    edge.end()
    page.wait_for_selector("body[data-signal=away]")
    assert "No connection to the gate. See the guard" in page.inner_text("main")
    assert "屏幕与闸机失去连接" in page.inner_text("main")


def test_the_screen_stands_still_for_whom_motion_harms(edge: Edge, new_context: NewContext) -> None:
    """With reduced motion nothing moves."""
    for motion, name in (("reduce", "none"), ("no-preference", "onward")):
        page = new_context(viewport=DESKTOP, reduced_motion=motion).new_page()
        page.goto(f"{edge.address}/lane/north-1-in")
        edge.show(feedback.go(Direction.ENTRY))
        page.wait_for_selector("body[data-signal=go]")
        style = "getComputedStyle(document.querySelector('svg.go')).animationName"
        assert page.evaluate(style) == name


def console_states(page: Page, edge: Edge, language: str) -> Iterator[str]:
    """Every page of the console, one after the other."""
    page.goto(f"{edge.address}/sign-in?lang={language}")
    yield "sign-in"
    page.fill("#code", "AAAAAAAA")
    page.click("form.code button")
    yield "wrong-code"
    sign_in(page, edge, language)
    yield "overview"
    page.goto(f"{edge.address}/devices/camera-in")
    page.click("button[value=begin]")
    page.wait_for_selector(".note.warn")
    yield "reader"
    page.goto(f"{edge.address}/devices/turnstile")
    yield "door"
    page.click("a.button")
    yield "output"
    page.check("[name=is_clear]")
    page.click("form.stack button")
    page.wait_for_selector(".note.ok")
    yield "output-done"
    page.goto(f"{edge.address}/lane/north-1-in")
    page.wait_for_selector("body[data-signal=wait]")
    yield "lane"


@pytest.mark.parametrize("seen", WAYS, ids=str)
def test_every_page_of_the_console_is_accessible(
    edge: Edge, new_context: NewContext, seen: Seen, tmp_path: Path
) -> None:
    """No axe violation, nothing small, no sideways scrolling, no error, no foreign request."""
    viewport = PHONE if seen.width == "phone" else DESKTOP
    context = new_context(locale=seen.locale, color_scheme=seen.scheme, viewport=viewport)
    watch = Watch(edge.address)
    page = watch.over(context.new_page())
    page.add_init_script(path=AXE)
    for name in console_states(page, edge, seen.locale[:2]):
        page.screenshot(path=tmp_path / f"{name}.png", full_page=True)
        assert axe_violations(page) == [], name
        assert page.evaluate(SMALL_TARGETS) == [], name
        assert page.evaluate(SMALL_WORDS) == [], name
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"], name
        expected = 1 if name == "wrong-code" else 0
        assert len(watch.problems) == expected, (name, watch.problems)
        watch.problems.clear()


def test_the_console_needs_only_a_keyboard(edge: Edge, new_context: NewContext) -> None:
    """From the code to an output that has switched, with Tab, Space, Enter and letters."""
    page = new_context(viewport=DESKTOP).new_page()
    page.goto(f"{edge.address}/sign-in?lang=en")
    page.keyboard.type(edge.desk.code)
    page.keyboard.press("Enter")
    page.wait_for_selector("#live")
    tab_to(page, 'a[href="/devices/turnstile"]')
    page.keyboard.press("Enter")
    page.wait_for_selector("a.button")
    tab_to(page, "a.button")
    page.keyboard.press("Enter")
    page.wait_for_selector("[name=is_clear]")
    tab_to(page, "[name=is_clear]")
    page.keyboard.press("Space")
    tab_to(page, "form.stack button")
    page.keyboard.press("Enter")
    page.wait_for_selector(".note.ok")
    assert len(edge.desk.tested) == 1


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until `selector` has the focus."""
    for _ in range(40):
        if page.evaluate("(wanted) => document.activeElement.matches(wanted)", selector):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"{selector} cannot be reached")


def test_the_console_says_when_the_agent_is_away(edge: Edge, new_context: NewContext) -> None:
    """What stands there may be old, and the page says so."""
    page = new_context(viewport=PHONE).new_page()
    sign_in(page, edge)
    edge.end()
    page.wait_for_selector("#away:visible")


def test_the_picture_shows_what_the_decoder_sees(edge: Edge, new_context: NewContext) -> None:
    """The outline of the code lies over the picture, its outcome stands below."""
    page = new_context(viewport=DESKTOP).new_page()
    sign_in(page, edge)
    page.goto(f"{edge.address}/devices/camera-in")
    page.wait_for_selector("#camera polygon", state="attached")
    assert page.get_attribute("#camera polygon", "points") == "10,10 90,10 90,90 10,90"
    assert page.inner_text("#camera-codes") == "read"
