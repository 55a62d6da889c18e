"""Reasons in words."""

import pytest

from access_core.devices.commands import MAX_DISPLAY_TEXT
from access_core.policy.reason_texts import TEXTS
from access_core.policy.reasons import BEARER_MAY_NOT_KNOW, ReasonCode

MAX_BEARER_ZH = 32


def test_every_reason_has_its_texts() -> None:
    """In the order of the codes, none missing, none left over."""
    assert list(TEXTS) == list(ReasonCode)


@pytest.mark.parametrize("reason", ReasonCode)
def test_bearer_texts_fit_a_lane_display(reason: ReasonCode) -> None:
    """At most 32 characters of Chinese and 64 of English."""
    text = TEXTS[reason]
    assert 0 < len(text.bearer_zh) <= MAX_BEARER_ZH
    assert 0 < len(text.bearer_en) <= MAX_DISPLAY_TEXT


@pytest.mark.parametrize("reason", ReasonCode)
def test_texts_are_in_their_language(reason: ReasonCode) -> None:
    """Chinese has Chinese characters and Chinese punctuation; English is plain ASCII."""
    text = TEXTS[reason]
    for chinese in (text.bearer_zh, text.guard_zh):
        assert any("\u4e00" <= c <= "\u9fff" for c in chinese)
        assert not set(",;:?!") & set(chinese)
    for english in (text.bearer_en, text.guard_en, text.engineer):
        assert english.isascii()
    assert text.guard_en.endswith(".")
    assert text.engineer.endswith(".")


def test_secret_reasons_share_one_plain_text() -> None:
    """From the display nobody can tell a block list from a forgery."""
    shown = {(TEXTS[r].bearer_zh, TEXTS[r].bearer_en) for r in BEARER_MAY_NOT_KNOW}
    assert len(shown) == 1
