"""People with a real browser; the pages of the product are played in tests/end_to_end."""

import numpy as np
import pytest

from access_core.model.access_event import AccessEvent, AccessEventKind
from simulators.browser import BrowserPhone, LogPage, chromium, phone_page
from simulators.journal_feed import JournalLine

pytestmark = pytest.mark.slow

LOG = "<table><tbody id='events'></tbody></table>"
ADD = """([wallMs, edge, seq]) => {
  const id = (BigInt(wallMs) << 21n) | (BigInt(edge) << 11n) | BigInt(seq);
  const rows = document.getElementById("events");
  rows.insertAdjacentHTML("afterbegin", `<tr><td><a href="/log/events/${id}">x</a></td></tr>`);
  return Date.now();
}"""


def line(wall_ms: int, seq: int) -> JournalLine:
    """One event of the edge."""
    kind = AccessEventKind.ACCESS_TAKEN
    return JournalLine("e", seq, AccessEvent(kind=kind, wall_ms=wall_ms, mono_ns=0, boot="b"))


async def test_a_line_of_the_log_is_timed_when_it_appears() -> None:
    """By the event's own number, whatever else appears before or after it."""
    wall_ms = 1_800_000_000_123
    async with chromium() as browser:
        page = await phone_page(browser)
        await page.route("**/log", lambda route: route.fulfill(body=LOG, content_type="text/html"))
        log = LogPage(page, "http://campus.test")
        await log.open()
        await page.evaluate(ADD, [str(wall_ms), 1, 6])
        added_ms = await page.evaluate(ADD, [str(wall_ms), 1, 7])
        await page.evaluate(ADD, [str(wall_ms + 9), 1, 8])
        shown_ms = await log.shown_at_ms(line(wall_ms, 7))
    assert 0 <= shown_ms - added_ms < 1_000


async def test_a_phone_gives_the_pixels_of_its_page() -> None:
    """What the camera will see is the page as it is, beside the text the page says it shows."""
    async with chromium() as browser:
        page = await phone_page(browser)
        await page.set_content(
            "<meta name='viewport' content='width=device-width'><body style='background:#000'>"
            "<canvas data-text='CP1:X' width='300' height='300'"
            " style='background:#fff'></canvas>"
        )
        phone = BrowserPhone(page, "http://campus.test", "host")
        await phone.open_pass()
        code = await phone.code()
    assert code.text == "CP1:X"
    assert 0.1 < float(np.mean(code.phone > 200)) < 0.6
