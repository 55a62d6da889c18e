"""Texts in both languages."""

import re
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from central_server.kit.i18n import (
    LOCALE_FOLDER,
    Language,
    choose_language,
    load_catalogues,
    text,
)

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


def collected() -> set[str]:
    """Every message that templates and code name."""
    keywords = {"_": None, "text": None, "refuse": None, "ngettext": (1, 2)}
    found: set[str] = set()
    for _, _, messages, *_ in extract_from_dir(
        LOCALE_FOLDER.parent,
        [
            ("migrations/**", "ignore"),
            ("static/**", "ignore"),
            ("**.py", "python"),
            ("templates/**.html", "jinja2"),
        ],
        options_map={"**.html": {"extensions": "jinja2.ext.i18n"}},
        keywords=keywords,
    ):
        found.update([messages] if isinstance(messages, str) else messages)
    return found


def entries() -> list[Message]:
    """Every Chinese message of every file."""
    return [
        entry
        for path in sorted((LOCALE_FOLDER / "zh").glob("*.po"))
        for entry in read_po(BytesIO(path.read_bytes()))
        if entry.id
    ]


def test_every_message_has_its_chinese_and_no_other_is_there() -> None:
    """Nothing missing, nothing fuzzy, nothing left over, nothing twice, the same values."""
    found = entries()
    ids = [str(entry.id) for entry in found]
    assert collected() == set(ids)
    assert len(ids) == len(set(ids))
    assert [entry.id for entry in found if entry.fuzzy or not entry.string] == []
    named = re.compile(r"%\((\w+)\)")
    for entry in found:
        assert set(named.findall(str(entry.id))) == set(named.findall(str(entry.string)))
