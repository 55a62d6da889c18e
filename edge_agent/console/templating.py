"""Templates in two languages: every text stands in both, side by side."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.requests import Request
from starlette.responses import HTMLResponse

from edge_agent.checks import Words

_FOLDER: Final = Path(__file__).with_name("templates")
LANGUAGES: Final = ("zh", "en")
LANGUAGE_COOKIE: Final = "console-language"


class Templates:
    """The pages, every value escaped, every missing one an error."""

    def __init__(self, first_language: str) -> None:
        """`first_language` for whoever has not chosen one."""
        self._first_language = first_language
        self._templates = Environment(
            loader=FileSystemLoader(_FOLDER),
            autoescape=select_autoescape(default=True),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def render(
        self, request: Request, name: str, status: int = 200, **values: object
    ) -> HTMLResponse:
        """The page `name` in the language of the request, which is kept for the next ones."""
        language = self.language_of(request)
        html = self._templates.get_template(name).render(
            language=language,
            first_language=self._first_language,
            here=request.url.path,
            t=_chooser(language),
            w=lambda words: words.in_language(language),
            **values,
        )
        response = HTMLResponse(html, status, headers={"content-language": language})
        if request.query_params.get("lang") == language:
            response.set_cookie(LANGUAGE_COOKIE, language, samesite="strict", max_age=31_536_000)
        return response

    def language_of(self, request: Request) -> str:
        """What the address asks for, or was chosen before, or stands in the settings."""
        wishes = (request.query_params.get("lang"), request.cookies.get(LANGUAGE_COOKIE))
        return next((wish for wish in wishes if wish in LANGUAGES), self._first_language)


def _chooser(language: str) -> Callable[[str, str], str]:
    def chosen(zh: str, en: str) -> str:
        return Words(zh, en).in_language(language)

    return chosen
