"""Texts in both languages."""

from zoneinfo import ZoneInfo

import pytest

from central_server.kit.i18n import Language, choose_language, load_catalogues, text

WORDS = load_catalogues()


@pytest.mark.parametrize(
    ("asked", "remembered", "accept", "expected"),
    [
        (None, None, "", Language.ZH),
        (None, None, "en-GB,en;q=0.9", Language.EN),
        (None, None, "fr,en;q=0.3,zh;q=0.8", Language.ZH),
        (None, None, "fr, de", Language.ZH),
        (None, None, "en;q=0, zh;q=x", Language.ZH),
        (None, "en", "zh", Language.EN),
        ("zh", "en", "en", Language.ZH),
        ("xx", None, "en", Language.EN),
    ],
)
def test_the_language_is_the_first_that_was_asked_for(
    asked: str | None, remembered: str | None, accept: str, expected: Language
) -> None:
    """The address, then the cookie, then the browser's list by weight, then Chinese."""
    found = choose_language(asked=asked, remembered=remembered, accept=accept, default=Language.ZH)
    assert found is expected


def test_words_take_their_values_and_inner_words() -> None:
    """A value that is a text is said in the same language."""
    said = text("Offline since %(moment)s", moment=text("unknown"))
    assert WORDS[Language.EN].say(said) == "Offline since unknown"
    assert WORDS[Language.ZH].say(said) == "自 未知 起离线"


def test_moments_are_local() -> None:
    """Milliseconds are shown in the site's time zone."""
    shown = WORDS[Language.EN].moment(1_800_000_000_000, ZoneInfo("Asia/Shanghai"))
    assert "16:00" in shown
    assert WORDS[Language.ZH].ago(180_000) == "3分钟"
