"""Somebody at a browser without a browser: reads pages, fills in the forms that stand on them.

Nothing is sent that a page does not offer: a form is found on the page, its hidden fields and
preset values go along, and an unknown field is refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Self, TypeAlias
from urllib.parse import urljoin

import httpx2

from access_core.errors import AccessControlError

ANSWER_S = 20.0
"""How long a person waits for a page."""
Typed: TypeAlias = Mapping[str, str | list[str]]
"""What is typed into the fields of a form, by name; a list ticks several boxes of one name."""
_FIELDS = frozenset({"input", "select", "textarea", "option", "button"})
_SILENT = frozenset({"script", "style", "noscript"})
_SHOWN = 400
"""Characters of a page that an error repeats."""


class PageProblem(AccessControlError):
    """A page is not what a person expects there; the message says which and why."""


@dataclass(slots=True)
class Form:
    """A form as it stands on the page: where it goes, and its fields with what is preset."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    offered: set[str] = field(default_factory=set)
    """Names of all fields, those without a preset value too."""


@dataclass(frozen=True, slots=True)
class Element:
    """One opening tag."""

    tag: str
    attributes: Mapping[str, str]
    words_before: int
    """How many pieces of text stand before it on the page."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page that was answered."""

    url: str
    status: int
    html: str
    words: tuple[str, ...]
    """Its visible text in pieces, as the tags cut it."""
    forms: tuple[Form, ...]
    elements: tuple[Element, ...]

    @property
    def text(self) -> str:
        """Its visible text."""
        return " ".join(self.words)

    def form(self, action_part: str) -> Form:
        """The first form whose address contains `action_part`; PageProblem if there is none."""
        for form in self.forms:
            if action_part in form.action:
                return form
        actions = ", ".join(form.action for form in self.forms) or "none"
        raise PageProblem(f"{self.url}: no form for {action_part!r}; there are: {actions}")

    def find(self, attribute: str) -> Mapping[str, str] | None:
        """The attributes of the first element that has `attribute`; None if none has."""
        for element in self.elements:
            if attribute in element.attributes:
                return element.attributes
        return None

    def words_of(self, style: str) -> str:
        """The first words of the first element of class `style`; PageProblem if there is none."""
        for element in self.elements:
            if style in element.attributes.get("class", "").split():
                return self.words[element.words_before]
        raise PageProblem(f"{self.url}: has no {style!r}: {self.text:.{_SHOWN}}")

    def links(self, part: str) -> list[str]:
        """Whole addresses of the links that contain `part`, in order, each once."""
        found = (e.attributes.get("href", "") for e in self.elements if e.tag == "a")
        return list(dict.fromkeys(urljoin(self.url, href) for href in found if part in href))


class WebPerson:
    """One person with cookies of their own. Use as an asynchronous context manager."""

    def __init__(self, origin: str, *, language: str = "en") -> None:
        """`origin`: scheme, host and port of the centre, without a path."""
        self._origin = origin
        self._client = httpx2.AsyncClient(
            base_url=origin,
            timeout=ANSWER_S,
            follow_redirects=True,
            headers={"Accept-Language": language, "Origin": origin},
        )

    async def __aenter__(self) -> Self:
        """Open the browser."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close it."""
        await self._client.aclose()

    async def visit(self, address: str) -> Page:
        """The page at `address`; PageProblem if it cannot be had."""
        return await self._page(self._client.build_request("GET", address))

    async def send(self, page: Page, form: Form, typed: Typed | None = None) -> Page:
        """Fill `typed` into `form` of `page`, send it, and give the page that follows."""
        return await self._page(self._filled(page, form, typed))

    async def send_for_file(self, page: Page, form: Form, typed: Typed | None = None) -> str:
        """The same where a file follows: its text."""
        response = await self._client.send(self._filled(page, form, typed))
        return _good(response).text

    def _filled(self, page: Page, form: Form, typed: Typed | None) -> httpx2.Request:
        values = dict(typed or {})
        if unknown := values.keys() - form.offered:
            raise PageProblem(f"{page.url}: the form has no field {', '.join(sorted(unknown))}")
        return self._client.build_request(
            form.method,
            urljoin(page.url, form.action),
            data={**form.fields, **values},
            headers={"Referer": page.url},
        )

    async def post_json(self, address: str, body: dict[str, str]) -> dict[str, str]:
        """What a page's script does: post JSON, get JSON."""
        answer: dict[str, str] = _good(await self._client.post(address, json=body)).json()
        return answer

    async def _page(self, request: httpx2.Request) -> Page:
        try:
            response = await self._client.send(request)
        except httpx2.HTTPError as error:
            raise PageProblem(f"{request.url}: {type(error).__name__}: {error}") from error
        page = read_page(str(response.url), response.status_code, response.text)
        if response.is_success:
            return page
        raise PageProblem(f"{request.method} {page.url}: {page.status} {page.text:.{_SHOWN}}")


def _good(response: httpx2.Response) -> httpx2.Response:
    if response.is_success:
        return response
    raise PageProblem(f"{response.url}: {response.status_code} {response.text:.{_SHOWN}}")


def read_page(url: str, status: int, html: str) -> Page:
    """The page that `html` describes."""
    reader = _PageReader()
    reader.feed(html)
    return Page(url, status, html, tuple(reader.words), tuple(reader.forms), tuple(reader.elements))


class _PageReader(HTMLParser):
    """Collects forms, elements and words."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.elements: list[Element] = []
        self.words: list[str] = []
        self._form: Form | None = None
        self._select = ""
        self._textarea = ""
        self._is_silent = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.elements.append(Element(tag, values, len(self.words)))
        if tag == "form":
            self._form = Form(values.get("action", ""), values.get("method", "get").upper())
            self.forms.append(self._form)
        elif tag in _SILENT:
            self._is_silent = True
        elif tag in _FIELDS and self._form is not None:
            self._field(self._form, tag, values)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._textarea = ""
        elif tag in _SILENT:
            self._is_silent = False

    def handle_data(self, data: str) -> None:
        if self._textarea and self._form is not None:
            self._form.fields[self._textarea] = data.strip()
        elif not self._is_silent and (words := data.split()):
            self.words.append(" ".join(words))

    def _field(self, form: Form, tag: str, values: dict[str, str]) -> None:
        name = values.get("name", "")
        if name:
            form.offered.add(name)
        if tag == "select":
            self._select = name
        elif tag == "textarea":
            self._textarea = name
        elif tag == "option" and self._select:
            if "selected" in values or self._select not in form.fields:
                form.fields[self._select] = values.get("value", "")
        elif tag == "input" and name and _is_sent(values):
            form.fields[name] = values.get(
                "value", "on" if values.get("type") == "checkbox" else ""
            )


def _is_sent(values: Mapping[str, str]) -> bool:
    """Whether a browser would send this input untouched."""
    kind = values.get("type", "text")
    if kind in {"checkbox", "radio"}:
        return "checked" in values
    return kind not in {"submit", "button", "image", "file"}
