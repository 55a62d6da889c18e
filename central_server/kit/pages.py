"""Pages: a view model, a template, and the frame that every page has.

Templates see `model` (the page's own frozen dataclass) and `page` (the frame) and nothing else;
a name they get wrong is an error, not an empty place.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from starlette.responses import HTMLResponse

from central_server.config import Settings
from central_server.kit.cookies import Cookies
from central_server.kit.i18n import Catalogue, Language, Text, choose_language
from central_server.kit.permissions import Permission
from central_server.kit.signed_in import SignedIn
from central_server.kit.static_files import StaticFiles

TEMPLATE_FOLDER: Final = Path(__file__).parent.parent / "templates"
LANGUAGE_FIELD: Final = "lang"
"""In an address the language wanted; in a form, that it was sent to be shown in that language."""
_SWITCHED: Final = "switched_language"
_REFUSED: Final = 422


@dataclass(frozen=True, slots=True)
class NavEntry:
    """One line of the console's navigation, for those with the permission."""

    permission: Permission
    href: str
    label: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What every page knows beside its own view model."""

    language: Language
    words: Catalogue
    site_name: str
    path: str
    form_token: str
    operator: SignedIn | None
    nav: tuple[NavEntry, ...]
    other: Language
    """The language that the page offers to change to."""
    switch_to: str
    """The query that gives this page in the other language; what was asked for stays."""
    is_posted: bool
    """Answers a form: its address alone does not give this page again."""
    is_refused: bool
    """Shows a form again, with what is wrong with it."""
    static: Callable[[str], str]
    moment: Callable[[int], str]
    """Local date and time of milliseconds since 1970 UTC."""
    moment_short: Callable[[int], str]

    def may(self, permission: str) -> bool:
        """Whether the operator may; False for a stranger."""
        return self.operator is not None and self.operator.may(Permission(permission))


class Pages:
    """Renders pages."""

    def __init__(
        self,
        *,
        settings: Settings,
        catalogues: Mapping[Language, Catalogue],
        static: StaticFiles,
        nav: tuple[NavEntry, ...],
    ) -> None:
        """`nav`: the console's navigation, in order."""
        self.cookies = Cookies(is_https=settings.is_https)
        self.static = static
        self._settings = settings
        self._catalogues = catalogues
        self.nav = nav
        self._environment = _make_environment()

    def language_of(self, request: Request) -> Language:
        """The language to answer in."""
        switched = getattr(request.state, _SWITCHED, None)
        if isinstance(switched, Language):
            return switched
        return choose_language(
            asked=request.query_params.get(LANGUAGE_FIELD),
            remembered=self.cookies.language(request),
            accept=request.headers.get("accept-language", ""),
            default=self._settings.languages.default,
        )

    def switch(self, request: Request, language: Language) -> None:
        """Answer in `language`: a form was posted for that alone, and nothing else comes of it."""
        setattr(request.state, _SWITCHED, language)

    def words_of(self, request: Request) -> Catalogue:
        """The catalogue to answer with, for answers that are no page."""
        return self._catalogues[self.language_of(request)]

    def render(
        self, request: Request, template: str, model: object, status: int = 200
    ) -> HTMLResponse:
        """The page, with the cookies it needs; never kept by a cache."""
        is_switched = hasattr(request.state, _SWITCHED)
        frame = self.frame_of(request, is_refused=status == _REFUSED)
        html = self.fragment(template, model, frame)
        response = HTMLResponse(html, status_code=200 if is_switched else status)
        response.headers["cache-control"] = "no-store"
        self.cookies.finish(request, response)
        if is_switched or request.query_params.get(LANGUAGE_FIELD) == frame.language:
            self.cookies.set_language(response, frame.language)
        return response

    def fragment(self, template: str, model: object, frame: Frame) -> str:
        """A template's HTML, for those who send it otherwise than as a page."""
        return self._environment.get_template(template).render(model=model, page=frame)

    def frame_of(self, request: Request, *, is_refused: bool = False) -> Frame:
        """The frame for an answer to `request`."""
        operator = getattr(request.state, "operator", None)
        if not isinstance(operator, SignedIn):
            operator = None
        frame = self.bare_frame(self.language_of(request))
        asked = [(k, v) for k, v in request.query_params.multi_items() if k != LANGUAGE_FIELD]
        return replace(
            frame,
            path=request.url.path,
            form_token=self.cookies.form_token(request),
            operator=operator,
            nav=tuple(n for n in self.nav if operator is not None and operator.may(n.permission)),
            switch_to="?" + urlencode([*asked, (LANGUAGE_FIELD, frame.other)]),
            is_posted=request.method == "POST",
            is_refused=is_refused,
        )

    def bare_frame(self, language: Language) -> Frame:
        """A frame for fragments that many people share: nobody's, without a form token."""
        words, zone = self._catalogues[language], self._settings.site.zone
        return Frame(
            language=language,
            words=words,
            site_name=self._settings.site.name(language),
            path="",
            form_token="",
            operator=None,
            nav=(),
            other=Language.EN if language is Language.ZH else Language.ZH,
            switch_to="",
            is_posted=False,
            is_refused=False,
            static=self.static.url,
            moment=lambda wall_ms: words.moment(wall_ms, zone),
            moment_short=lambda wall_ms: words.moment(wall_ms, zone, "MM-dd HH:mm:ss"),
        )


def _make_environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATE_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    # Untyped in Jinja: the extension adds this method at run time.
    install: Any = vars(environment).get("install_gettext_callables")
    install(_gettext, _ngettext, newstyle=True)
    environment.filters["say"] = _say
    return environment


@pass_context
def _gettext(context: Context, message: str) -> str:
    return _words(context).gettext(message)


@pass_context
def _ngettext(context: Context, one: str, many: str, count: int) -> str:
    return _words(context).gettext(one if count == 1 else many)


@pass_context
def _say(context: Context, said: Text | str) -> str:
    words = _words(context)
    return words.say(said) if isinstance(said, Text) else words.gettext(said)


def _words(context: Context) -> Catalogue:
    frame = context["page"]
    assert isinstance(frame, Frame)  # noqa: S101 - tells the type of an untyped context
    return frame.words
