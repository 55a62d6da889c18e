"""Every page of the console in a browser: accessible, within its origin, at both widths; live."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from playwright.sync_api import Page

from access_core.ids import EdgeId
from access_core.model.access_event import AccessEventKind
from access_core.model.holder import HolderKind
from access_core.wire.event_chain import GENESIS
from access_core.wire.messages import VERSION, EdgeStatus, EventBatch
from central_server.access_log import service as access_log
from central_server.access_log.rules import Source
from central_server.holders import service as holders
from central_server.holders.schemas import NewHolderForm
from central_server.kit.audit import By
from central_server.kit.centre import Centre
from central_server.kit.permissions import Role
from central_server.operators import service as operators
from central_server.sites import service as sites
from tests.browser.conftest import AXE, DESKTOP, PHONE, Site, Watch
from tests.browser.pass_pages import NewContext
from tests.browser.test_visit_pages import SMALL_TARGETS, SMALL_WORDS, WAYS, Seen, axe_violations
from tests.central_server.an_edge import line
from tests.central_server.conftest import START_MS
from tests.central_server.visitors import session_of

pytestmark = pytest.mark.slow
BY = By(now_ms=START_MS)
LINES = [
    line(START_MS, direction="entry", holder_id="h1", access_point_id="north-in"),
    line(
        START_MS + 1000,
        AccessEventKind.ACCESS_DENIED,
        direction="entry",
        reasons=("PASS_STALE",),
        is_offline=True,
    ),
    line(START_MS + 2000, AccessEventKind.DOOR_FORCED),
    b'{"kind":"from_the_future"}',
]


async def report(centre: Centre, lines: list[bytes], epoch: bytes = bytes(16)) -> None:
    """The edge at the gate `north` delivers lines."""
    async with centre.database.reading() as session:
        edge = await sites.find_edge(session, EdgeId("edge-north"))
    assert edge is not None
    source = Source(
        edge_number=edge.number,
        gate_id=edge.gate_id,
        gate_number=edge.gate_number,
        access_points=edge.access_points,
    )
    batch = EventBatch(
        version=VERSION,
        edge_id=edge.edge_id,
        epoch=epoch,
        first_seq=1,
        prev_hash=GENESIS,
        events=[msgspec.Raw(raw) for raw in lines],
    )
    now_ms = centre.clock.now().wall_ms
    read = access_log.read_batch(source, batch)
    await access_log.record_batch(centre.database, read, now_ms)


async def populate(centre: Centre) -> None:
    """A person, an enrolled edge that told how it is, and events of several kinds."""
    status = EdgeStatus(
        version=VERSION,
        revision=1,
        journal_seq=9,
        delivered_seq=4,
        now_ms=START_MS,
        software="0.1.0",
        devices={"camera-in": "ready", "turnstile": "lost: check the cable of /dev/ttyUSB0"},
    )
    async with centre.database.writing() as session:
        form = NewHolderForm(kind=HolderKind.STAFF, full_name="欧阳娜娜", department="Physics")
        await holders.add_holder(session, form, BY)
        code = await sites.make_enrol_code(session, "north", 15, BY)
        edge = await sites.enrol_edge(session, code, bytes(32), BY)
        await sites.note_status(session, edge, status, START_MS)
    await report(centre, LINES)


async def first_link(centre: Centre) -> str:
    """The end of the link by which the first administrator comes in."""
    async with centre.database.writing() as session:
        token = await operators.make_first_link(session, START_MS, 24)
    assert token is not None
    return token


def strangers_pages(page: Page, site: Site) -> Iterator[str]:
    """What anybody can see of the console; names each page it stands on."""
    page.goto(f"{site.address}/link/{site.run(first_link(site.centre))}")
    yield "first-administrator"
    page.goto(f"{site.address}/sign-in")
    yield "sign-in"
    page.fill("#login_name", "root")
    page.fill("#password", "wrong password")
    page.click("button[type=submit]")
    page.wait_for_selector("[role=alert]")
    assert page.input_value("#login_name") == "root"
    yield "sign-in-error"
    page.goto(f"{site.address}/no-such-page")
    yield "not-found"


def administrators_pages(page: Page, site: Site) -> Iterator[str]:
    """What an administrator works with."""
    site.sign_in(page.context, site.run(session_of(site.centre, Role.ADMINISTRATOR, "Root")))
    page.goto(f"{site.address}/gates")
    yield "gates-without-edge"
    page.goto(f"{site.address}/holders")
    yield "holders-empty"
    site.run(populate(site.centre))
    for path in ("gates", "gates/new", "gates/north", "holders", "holders/1", "holders/new"):
        page.goto(f"{site.address}/{path}")
        yield path.replace("/", "-")
    page.goto(f"{site.address}/gates/north")
    page.click("form[action$=enrol-code] button")
    page.wait_for_selector(".one-time")
    yield "enrol-code"
    for path in ("operators", "operators/2", "account", "access-levels", "access-levels/visitors"):
        page.goto(f"{site.address}/{path}")
        yield path.replace("/", "-")
    yield from card_pages(page, site)
    page.goto(f"{site.address}/schedules/always")
    page.fill("#day_2", "nine to five")
    page.click("main button[type=submit]")
    page.wait_for_selector("#day_2-error")
    yield "schedule-error"


def card_pages(page: Page, site: Site) -> Iterator[str]:
    """A card is issued after a mistake; a file of cards is imported with another."""
    page.goto(f"{site.address}/holders/1/cards/new")
    page.select_option("#notation", "w26")
    page.fill("#number", "45678")
    page.click("#card button[type=submit]")
    page.wait_for_selector("#number-error")
    yield "card-error"
    page.fill("#number", "123,45678")
    page.click("#card button[type=submit]")
    page.click("a[href^='/holders/1/cards/']:has-text('678')")
    page.wait_for_selector("#deed")
    yield "card"
    page.goto(f"{site.address}/holders/1")
    yield "holder-with-card"
    page.goto(f"{site.address}/cards/import")
    yield "cards-import"
    table = b"1,w26,1:2\n9,w26,1:3\n"
    page.set_input_files("#file", {"name": "c.csv", "mimeType": "text/csv", "buffer": table})
    page.click("#import button[type=submit]")
    page.wait_for_selector(".state-good")
    yield "cards-imported"


def watchers_pages(page: Page, site: Site) -> Iterator[str]:
    """What security and the auditor look at."""
    site.sign_in(page.context, site.run(session_of(site.centre, Role.SECURITY, "Guard")))
    page.goto(f"{site.address}/log")
    yield "log-empty"
    site.run(populate(site.centre))
    page.goto(f"{site.address}/log")
    yield "log"
    page.click("#events tr:last-child a[href^='/log/events/']")
    page.wait_for_selector("#reason")
    yield "event"
    for path in ("log?kind=fire_reset", "log/troubles", "alarms", "alarms/1", "holders/1"):
        page.goto(f"{site.address}/{path}")
        yield path.replace("/", "-").replace("?", "-")
    site.sign_in(page.context, site.run(session_of(site.centre, Role.AUDITOR, "Auditor")))
    page.goto(f"{site.address}/audit")
    yield "audit"
    page.goto(f"{site.address}/operators")
    yield "not-permitted"


@pytest.mark.parametrize("seen", WAYS, ids=str)
def test_every_page_is_accessible_and_keeps_to_its_origin(
    site: Site, new_context: NewContext, watch: Watch, seen: Seen, tmp_path: Path
) -> None:
    """No axe violation, nothing small, no sideways scrolling, no error, no foreign request."""
    viewport = PHONE if seen.width == "phone" else DESKTOP
    context = new_context(locale=seen.locale, color_scheme=seen.scheme, viewport=viewport)
    page = watch.over(context.new_page())
    page.add_init_script(path=AXE)
    wrong: list[str] = []
    for walk in (strangers_pages, administrators_pages, watchers_pages):
        for name in walk(page, site):
            page.screenshot(path=tmp_path / f"{name}.png", full_page=True)
            wrong += [f"{name}: {found}" for found in axe_violations(page)]
            wrong += [f"{name}: small {found}" for found in page.evaluate(SMALL_TARGETS)]
            wrong += [f"{name}: small words {found}" for found in page.evaluate(SMALL_WORDS)]
            if page.evaluate("document.documentElement.scrollWidth") > viewport["width"]:
                wrong.append(f"{name}: wider than the screen")
            wrong += [f"{name}: {said}" for said in watch.problems if "status of 4" not in said]
            watch.problems.clear()
        context.clear_cookies()
    assert wrong == [], "\n".join(wrong)


def test_an_event_appears_by_itself(site: Site, new_context: NewContext, watch: Watch) -> None:
    """On the open page, at the top, within a second of its commit, and after a lost line too."""
    site.run(populate(site.centre))
    context = new_context(viewport=DESKTOP)
    site.sign_in(context, site.run(session_of(site.centre, Role.SECURITY, "Guard")))
    page = watch.over(context.new_page())
    page.goto(f"{site.address}/log")
    page.wait_for_function("document.getElementById('live-state').textContent.startsWith('Live')")
    before = page.locator("#events tr").count()
    fire = line(START_MS + 5000, AccessEventKind.FIRE_ACTIVATED)
    site.run(report(site.centre, [fire], bytes([1]) * 16))
    page.wait_for_selector("#events tr:first-child:has-text('Fire: gate freed')", timeout=1000)
    assert page.locator("#events tr").count() == before + 1
    assert watch.problems == []


def test_the_first_administrator_needs_only_a_keyboard(site: Site, new_context: NewContext) -> None:
    """From the sign-in page into the gates with Tab, Enter and letters only."""
    page = new_context().new_page()
    site.run(session_of(site.centre, Role.ADMINISTRATOR, "Root"))
    page.goto(f"{site.address}/sign-in")
    typed = {"login_name": "op1", "password": "no password signs in here"}
    for _ in range(20):
        page.keyboard.press("Tab")
        focused = str(page.evaluate("document.activeElement.id"))
        if focused in typed:
            page.keyboard.type(typed.pop(focused))
        if not typed:
            page.keyboard.press("Enter")
            break
    page.wait_for_selector("[role=alert]")
    assert page.input_value("#login_name") == "op1"
