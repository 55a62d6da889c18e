"""Pages in two languages."""

from pathlib import Path

import pytest

from edge_agent.console.templating import LANGUAGE_COOKIE
from tests.edge_agent.console.a_console import a_desk

TEMPLATES = Path(__file__).parents[3] / "edge_agent" / "console" / "templates"


async def test_the_language_is_chosen_once(tmp_path: Path) -> None:
    """First that of the settings, then the chosen one, which is remembered."""
    async with a_desk(tmp_path) as desk:
        assert 'lang="zh-CN"' in await desk.page("/sign-in")
        assert 'lang="en"' in await desk.page("/sign-in?lang=en")
        assert desk.browser.cookies[LANGUAGE_COOKIE] == "en"
        assert "Sign in to the console" in await desk.page("/sign-in")
        assert "登录控制台" in await desk.page("/sign-in?lang=zh")


async def test_an_unknown_language_is_none(tmp_path: Path) -> None:
    """It changes nothing and is not remembered."""
    async with a_desk(tmp_path) as desk:
        assert "登录控制台" in await desk.page("/sign-in?lang=xx")
        assert LANGUAGE_COOKIE not in desk.browser.cookies


@pytest.mark.parametrize("page", sorted(TEMPLATES.glob("*.html")), ids=lambda page: page.name)
def test_no_page_has_inline_script_or_style(page: Path) -> None:
    """The policy would forbid it: no style attribute, no handler, no script text."""
    text = page.read_text(encoding="utf-8")
    assert "style=" not in text
    assert " on" + "click" not in text
    assert "<style" not in text
    assert text.count("<script") == text.count('<script type="module" src="/static/')
