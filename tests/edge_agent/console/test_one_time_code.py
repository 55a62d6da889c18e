"""The code that opens the console."""

import stat
from pathlib import Path

import pytest

from edge_agent.console.one_time_code import FILE, GOOD_FOR_MS, MOST_TRIES, make_code, use_code
from tests.facts import AT


def test_a_code_is_good_once_however_it_is_typed(tmp_path: Path) -> None:
    """Small letters, spaces and hyphens do not matter; the second time it is worth nothing."""
    code = make_code(tmp_path, AT)
    typed = " " + code.lower().replace("-", " ")
    assert use_code(tmp_path, typed, AT)
    assert not use_code(tmp_path, typed, AT)


@pytest.mark.parametrize("after_ms", [GOOD_FOR_MS + 1, -1])
def test_a_code_is_good_for_ten_minutes(tmp_path: Path, after_ms: int) -> None:
    """Later it is nothing, and a clock set back does not prolong it."""
    code = make_code(tmp_path, AT)
    assert not use_code(tmp_path, code, AT.plus_ms(after_ms))
    assert not (tmp_path / FILE).exists()


def test_a_new_code_replaces_the_old_one(tmp_path: Path) -> None:
    """There is one code at a time."""
    first, second = make_code(tmp_path, AT), make_code(tmp_path, AT)
    assert not use_code(tmp_path, first, AT)
    assert use_code(tmp_path, second, AT)


def test_guessing_uses_the_code_up(tmp_path: Path) -> None:
    """After so many wrong ones the right one is refused, too."""
    code = make_code(tmp_path, AT)
    for _ in range(MOST_TRIES):
        assert not use_code(tmp_path, "AAAA-AAAA", AT)
    assert not use_code(tmp_path, code, AT)


@pytest.mark.parametrize("content", [None, b"", b"{}", b"\xff", b'{"sha256":1,"until_ms":2}'])
def test_without_a_code_nobody_comes_in(tmp_path: Path, content: bytes | None) -> None:
    """No file, or one that nobody wrote: every code is wrong."""
    if content is not None:
        (tmp_path / FILE).write_bytes(content)
    assert not use_code(tmp_path, "", AT)


def test_the_file_does_not_hold_the_code(tmp_path: Path) -> None:
    """A hash, readable by the owner alone."""
    code = make_code(tmp_path, AT)
    file = tmp_path / FILE
    assert code.replace("-", "") not in file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
