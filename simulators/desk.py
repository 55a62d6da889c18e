"""The people at the console: an administrator, a security officer, a host. They use the pages."""

import csv
import io
import re
import secrets
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Self

from access_core.model.access_event import AccessEventKind
from simulators.ledger import LoggedEvent
from simulators.run_folder import MAIN_GATE, NORTH_GATE
from simulators.turnstile_lane import Way
from simulators.web_person import Page, PageProblem, Typed, WebPerson

NORTH_AREA = "north"
_BOM = "\ufeff"
_WAYS: dict[str, Way | None] = {"in": Way.ENTRY, "out": Way.EXIT, "": None}


@dataclass(frozen=True, slots=True)
class Account:
    """One operator of the run. Passwords are made up anew in each run."""

    login_name: str
    full_name: str
    role: str
    password: str

    @classmethod
    def made_up(cls, login_name: str, full_name: str, role: str) -> Self:
        """An account with a random password."""
        return cls(login_name, full_name, role, secrets.token_urlsafe(12))


class Desk:
    """Everybody with an account. Asynchronous context manager."""

    def __init__(self, origin: str) -> None:
        """`origin` of the centre; nobody has an account yet."""
        self.origin = origin
        self.administrator = Account.made_up("administrator", "系统管理员", "administrator")
        self.security = Account.made_up("security", "门岗值班", "security")
        self.host = Account.made_up("host", "李接待", "host")
        self._stack = AsyncExitStack()
        self._people: dict[str, WebPerson] = {}

    @property
    def accounts(self) -> tuple[Account, ...]:
        """Who may sign in."""
        return (self.administrator, self.security, self.host)

    async def __aenter__(self) -> Self:
        """Everybody opens a browser."""
        for account in self.accounts:
            person = WebPerson(self.origin)
            self._people[account.login_name] = await self._stack.enter_async_context(person)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Everybody closes it."""
        await self._stack.aclose()

    def browser_of(self, account: Account) -> WebPerson:
        """The signed-in browser of an account."""
        return self._people[account.login_name]

    async def open_site(self, first_link: str) -> None:
        """Make the first administrator by `first_link`, then gates and the other accounts."""
        await self._accept(self.administrator, first_link)
        await self._add_area(NORTH_AREA, "北区", "North campus")
        await self._add_gate(MAIN_GATE, "正门", "Main gate", area_id="campus")
        await self._add_gate(NORTH_GATE, "北门", "North gate", area_id=NORTH_AREA)
        for account in (self.security, self.host):
            await self._accept(account, await self._add_operator(account))

    async def enrolment_code(self, gate_id: str) -> str:
        """A one-time code for the edge at a gate."""
        browser = self.browser_of(self.administrator)
        page = await browser.visit(f"/gates/{gate_id}")
        return (await browser.send(page, page.form("enrol-code"))).words_of("one-time")

    async def give_tag(self, full_name: str, tag: bytes) -> None:
        """Add a member of staff and issue them a 125 kHz tag; `tag` has 5 bytes."""
        browser = self.browser_of(self.administrator)
        page = await browser.visit("/holders/new")
        typed = {"full_name": full_name, "kind": "staff"}
        person = await browser.send(page, page.form("/holders/new"), typed)
        page = await browser.visit(f"{person.url}/cards/new")
        typed = {"notation": "em4100-hex", "number": tag.hex()}
        await browser.send(page, page.form("/cards/new"), typed)

    async def gate_is_current(self, gate_id: str) -> bool:
        """Whether the page of the gate says that it holds the newest rules."""
        page = await self.browser_of(self.administrator).visit(f"/gates/{gate_id}")
        return re.search(r"current \(\d+\)", page.text) is not None

    async def exported_log(self) -> list[LoggedEvent]:
        """Every event of the access log, as security exports it."""
        browser = self.browser_of(self.security)
        page = await browser.visit("/log")
        typed = {"reason": "comparison with the hardware's own count"}
        return read_export(await browser.send_for_file(page, page.form("/log/export"), typed))

    async def _accept(self, account: Account, link: str) -> None:
        browser = self.browser_of(account)
        page = await browser.visit(link)
        form = page.form("")
        typed = {"password": account.password}
        if "login_name" in form.offered:
            typed |= {"login_name": account.login_name, "full_name": account.full_name}
        await browser.send(page, form, typed)

    async def _add_area(self, area_id: str, name_zh: str, name_en: str) -> None:
        browser = self.browser_of(self.administrator)
        page = await browser.visit("/gates/new")
        typed = {"area_id": area_id, "name_zh": name_zh, "name_en": name_en}
        await browser.send(page, page.form("/areas/new"), typed)

    async def _add_gate(self, gate_id: str, name_zh: str, name_en: str, *, area_id: str) -> None:
        browser = self.browser_of(self.administrator)
        page = await browser.visit("/gates/new")
        typed = {"gate_id": gate_id, "name_zh": name_zh, "name_en": name_en, "area_id": area_id}
        await browser.send(page, page.form("/gates/new"), typed)

    async def _add_operator(self, account: Account) -> str:
        browser = self.browser_of(self.administrator)
        page = await browser.visit("/operators")
        typed: Typed = {
            "login_name": account.login_name,
            "full_name": account.full_name,
            "roles": [account.role],
        }
        return _link(await browser.send(page, page.form("/operators"), typed))


def _link(page: Page) -> str:
    found = page.words_of("one-time")
    if "/link/" not in found:
        raise PageProblem(f"{page.url}: shows no one-time link")
    return found


def read_export(text: str) -> list[LoggedEvent]:
    """The events in an export of the access log, made in English."""
    rows = csv.DictReader(io.StringIO(text.removeprefix(_BOM)))
    return [
        LoggedEvent(int(row["Number"]), AccessEventKind(row["Event code"]), _WAYS[row["Direction"]])
        for row in rows
    ]
