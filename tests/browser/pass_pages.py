"""What a visitor does in a browser, for the tests of the pages."""

from collections.abc import Callable

import httpx2 as httpx
from playwright.sync_api import BrowserContext, Page

from central_server.kit.permissions import Role
from tests.browser.conftest import Site
from tests.central_server.visitors import field_of, session_of

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


class Host:
    """The host, signed in without a browser."""

    def __init__(self, site: Site) -> None:
        """An operator of the name that `book` asks for."""
        token = site.run(session_of(site.centre, Role.HOST))
        self._client = httpx.Client(base_url=site.address, cookies={"session": token})

    def press(self, act: str, visit_id: int = 1, **typed: str) -> None:
        """Take one step with a visit."""
        token = field_of(self._client.get("/visit").text, "form_token")
        path = f"/my-visits/{visit_id}/{act}"
        answer = self._client.post(path, data={"form_token": token, **typed})
        assert answer.status_code in {200, 303}, answer.text
