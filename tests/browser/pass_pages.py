"""What a visitor does in a browser, for the tests of the pages."""

from collections.abc import Callable

import httpx2 as httpx
from playwright.sync_api import BrowserContext, Page

from tests.browser.conftest import Site
from tests.central_server.visitors import field_of

NewContext = Callable[..., BrowserContext]


def fill_booking(page: Page, site: Site, **typed: str) -> None:
    """Fill in the booking form like a person in a hurry."""
    page.goto(f"{site.address}/visit")
    fields = {"host_name": "Li Ming", "name": "Ada Lovelace", "phone": "13812345678"} | typed
    for name, value in fields.items():
        page.fill(f"#{name}", value)
    page.check("#consent")


def book(page: Page, site: Site, **typed: str) -> str:
    """Book, and stand on the page of the visit; its address."""
    fill_booking(page, site, **typed)
    page.click("#send")
    page.wait_for_selector("[data-visit-version]")
    return page.url


def host_does(site: Site, act: str, visit_id: int = 1, **typed: str) -> None:
    """The host takes one step with a visit, elsewhere."""
    cookies = {"session": site.host_token}
    with httpx.Client(base_url=site.address, cookies=cookies) as client:
        token = field_of(client.get("/visit").text, "form_token")
        path = f"/my-visits/{visit_id}/{act}"
        answer = client.post(path, data={"form_token": token, **typed})
    assert answer.status_code in {200, 303}, answer.text
