"""Every page of visits and passes in a browser: accessible, within its origin, at both widths."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page

from central_server.kit.permissions import Role
from tests.browser.conftest import AXE, DESKTOP, PHONE, Site, Watch
from tests.browser.pass_pages import NewContext, book, fill_booking, host_does
from tests.central_server.conftest import START_MS
from tests.central_server.visitors import session_of

pytestmark = pytest.mark.slow
HOUR_MS = 3_600_000
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SMALL_TARGETS = """() => [...document.querySelectorAll("a, button, input, select, summary")]
  .filter((element) => element.checkVisibility() && element.type !== "hidden")
  .filter((element) => !element.closest("p, li, td, dd, h3, .skip"))
  .map((element) => [element, (element.closest("label") ?? element).getBoundingClientRect()])
  .filter(([, box]) => box.width > 0 && (box.height < 43.9 || box.width < 43.9))
  .map(([element, box]) => `${element.outerHTML.slice(0, 80)} ${box.width}x${box.height}`)"""
SMALL_WORDS = """() => [...document.querySelectorAll("main *, header.top *")]
  .filter((element) => element.checkVisibility() && !element.closest("thead"))
  .filter((element) => [...element.childNodes].some((n) => n.nodeType === 3 && n.data.trim()))
  .filter((element) => parseFloat(getComputedStyle(element).fontSize) < 16)
  .map((element) => element.outerHTML.slice(0, 80))"""


@dataclass(slots=True)
class Stage:
    """One browser page, walked through every state of a visit."""

    site: Site
    page: Page
    visits: int = 0

    def book(self) -> str:
        """One more visit."""
        self.visits += 1
        return book(self.page, self.site)

    def answer(self, act: str, shows: str, **typed: str) -> None:
        """The host takes a step, and the visitor's open page shows `shows` by itself."""
        host_does(self.site, act, self.visits, **typed)
        self.page.wait_for_selector(shows, state="visible")


def visitor_states(stage: Stage) -> Iterator[str]:
    """Stand on each page that a visitor can see, one after the other; names it."""
    page = stage.page
    page.goto(f"{stage.site.address}/visit")
    yield "book"
    fill_booking(page, stage.site, phone="12", host_name="")
    page.click("#send")
    page.wait_for_selector("#problems")
    yield "book-errors"
    stage.book()
    yield "waiting"
    stage.answer("decline", ".state.bad", reason="Not today")
    yield "declined"
    stage.book()
    stage.answer("approve", "canvas[data-text]")
    yield "pass"
    stage.answer("print", ".state.good")
    yield "pass-on-paper"
    page.click("button.grave")
    page.wait_for_selector("form[action$=undo]")
    yield "cancelled"
    yield from ended_states(stage)
    page.goto(f"{stage.site.address}/visit/{'0' * 40}")
    yield "missing"


def ended_states(stage: Stage) -> Iterator[str]:
    """Stand on the page of a visit that has come to its end, in each way; names it."""
    page = stage.page
    stage.book()
    stage.answer("approve", "canvas[data-text]")
    stage.answer("withdraw", ".state.bad", reason="Moved to June")
    yield "withdrawn"
    stage.book()
    stage.answer("approve", "canvas[data-text]")
    stage.site.clock.advance_ms(3 * HOUR_MS)
    page.reload()
    yield "over"
    stage.book()
    stage.site.clock.advance_ms(3 * HOUR_MS)
    page.reload()
    yield "lapsed"


def operator_states(stage: Stage) -> Iterator[str]:
    """Stand on each page that a host and the desk can see; names it."""
    page, site = stage.page, stage.site
    site.sign_in(page.context, site.host_token)
    page.goto(f"{site.address}/my-visits")
    yield "host-empty"
    stage.book()
    page.goto(f"{site.address}/my-visits")
    yield "host-list"
    page.goto(f"{site.address}/my-visits/1")
    yield "host-waiting"
    page.click("form[action$=approve] button")
    page.wait_for_selector("form[action$=undo]")
    yield "host-approved"
    page.click("form[action$=print] button")
    yield "print"
    site.sign_in(page.context, site.run(session_of(site.centre, Role.SECURITY, "Guard")))
    page.goto(f"{site.address}/desk")
    yield "desk-list"
    page.goto(f"{site.address}/desk/1")
    page.fill("#reveal_reason", "x")
    page.click("form[action$=reveal] button")
    yield "desk-error"


def axe_violations(page: Page) -> list[str]:
    """What axe finds, in short; the script comes in as the tests' own, past the page's policy."""
    found = page.evaluate("(rules) => axe.run({ runOnly: rules })", RULES)
    return [
        f"{violation['id']}: {node['target']} {node['failureSummary'][:200]}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


@dataclass(frozen=True, slots=True)
class Seen:
    """One way in which a page is looked at."""

    width: str
    locale: str
    scheme: str = "light"


WAYS = (
    Seen("phone", "en-GB"),
    Seen("phone", "zh-CN", "dark"),
    Seen("desktop", "en-GB", "dark"),
    Seen("desktop", "zh-CN"),
)
"""Each width, language and scheme at least twice."""


@pytest.mark.parametrize("walk", [visitor_states, operator_states])
@pytest.mark.parametrize("seen", WAYS, ids=str)
def test_every_page_is_accessible_and_keeps_to_its_origin(
    site: Site,
    new_context: NewContext,
    watch: Watch,
    walk: Callable[[Stage], Iterator[str]],
    seen: Seen,
    tmp_path: Path,
) -> None:
    """No axe violation, nothing small, no sideways scrolling, no error, no foreign request."""
    viewport = PHONE if seen.width == "phone" else DESKTOP
    context = new_context(locale=seen.locale, color_scheme=seen.scheme, viewport=viewport)
    page = watch.over(context.new_page())
    page.clock.install(time=START_MS / 1000)
    page.add_init_script(path=AXE)
    for name in walk(Stage(site, page)):
        page.screenshot(path=tmp_path / f"{name}.png", full_page=True)
        assert axe_violations(page) == [], name
        assert page.evaluate(SMALL_TARGETS) == [], name
        assert page.evaluate(SMALL_WORDS) == [], name
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"], name
        assert page.get_attribute("html", "lang") == seen.locale.replace("en-GB", "en"), name
        expected = {"book-errors": 1, "missing": 1, "desk-error": 1}.get(name, 0)
        refused = [said for said in watch.problems if "status of 4" in said]
        assert len(watch.problems) == len(refused) <= expected, watch.problems
        watch.problems.clear()


def test_booking_needs_only_a_keyboard(site: Site, new_context: NewContext) -> None:
    """From the first key to the status page with Tab, Space, Enter and letters only."""
    page = new_context().new_page()
    page.clock.install(time=START_MS / 1000)
    page.goto(f"{site.address}/visit")
    typed = {"host_name": "Li Ming", "name": "Ada Lovelace", "phone": "13812345678"}
    for _ in range(60):
        page.keyboard.press("Tab")
        focused = str(page.evaluate("document.activeElement.id"))
        if focused in typed:
            page.keyboard.type(typed.pop(focused))
        elif focused == "consent":
            page.keyboard.press("Space")
        elif focused == "send":
            page.keyboard.press("Enter")
            break
    page.wait_for_selector(".state.wait")
    assert typed == {}


def test_booking_works_without_javascript(site: Site, new_context: NewContext) -> None:
    """Form, errors, status and the words of the pass need no script."""
    page = new_context(java_script_enabled=False).new_page()
    fill_booking(page, site, phone="1", day="2027-01-15", **{"from": "16:00", "until": "18:00"})
    page.click("#send")
    assert page.is_visible("#phone-error")
    page.fill("#phone", "13812345678")
    page.click("#send")
    address = page.url
    assert page.is_visible(".state.wait")
    host_does(site, "approve")
    page.goto(address)
    assert "Show this page to the guard" in page.locator(".code").inner_text()
    assert page.is_visible(".short")


@pytest.mark.parametrize("has_javascript", [True, False])
def test_another_language_keeps_what_is_typed(
    site: Site, new_context: NewContext, *, has_javascript: bool
) -> None:
    """The switch books nothing and loses nothing; Enter in a field still sends the form."""
    page = new_context(java_script_enabled=has_javascript).new_page()
    window = {"day": "2027-01-15", "from": "16:00", "until": "18:00"}
    fill_booking(page, site, host_department="Physics", **window)
    page.click(".language")
    assert page.get_attribute("html", "lang") == "zh-CN"
    assert page.input_value("#name") == "Ada Lovelace"
    assert page.input_value("#host_department") == "Physics"
    assert page.is_checked("#consent")
    assert page.locator("#problems").count() == 0
    page.press("#phone", "Enter")
    assert page.is_visible(".state.wait")
    assert page.get_attribute("html", "lang") == "zh-CN"


def test_another_language_keeps_what_stands_in_every_form(
    site: Site, new_context: NewContext
) -> None:
    """A host's page has several forms; none of them loses a word."""
    page = new_context(viewport=DESKTOP).new_page()
    page.clock.install(time=START_MS / 1000)
    book(page, site)
    site.sign_in(page.context, site.host_token)
    page.goto(f"{site.address}/my-visits/1")
    page.fill("#reason", "exam week")
    page.fill("#reveal_reason", "to call back")
    page.click(".language")
    assert page.get_attribute("html", "lang") == "zh-CN"
    assert page.input_value("#reason") == "exam week"
    assert page.input_value("#reveal_reason") == "to call back"
    assert page.locator("form[action$=approve]").count() == 1


def test_the_phone_remembers_details_only_if_asked(site: Site, new_context: NewContext) -> None:
    """With the tick the next form is filled in, without it nothing is kept."""
    page = new_context().new_page()
    page.clock.install(time=START_MS / 1000)
    book(page, site)
    page.goto(f"{site.address}/visit")
    assert page.input_value("#name") == ""
    fill_booking(page, site)
    page.check("#remember")
    page.click("#send")
    page.wait_for_selector("[data-visit-version]")
    page.goto(f"{site.address}/visit")
    assert page.input_value("#name") == "Ada Lovelace"
    assert page.input_value("#phone") == "13812345678"
