"""How long a person needs."""

import pytest

from simulators.person_time import (
    KEY_S,
    THINK_S,
    Ledger,
    Step,
    Where,
    reading_s,
    typing_s,
)


def test_typing_counts_every_key_and_the_thought_before() -> None:
    """Enter is a key, too; a line to read is a thought."""
    assert typing_s("abc") == pytest.approx(THINK_S + 4 * KEY_S)
    assert reading_s(3) == pytest.approx(3 * THINK_S)


def test_the_ledger_adds_person_and_waiting_apart() -> None:
    """One row a step with its place and words, and the sum below."""
    ledger = Ledger()
    ledger.note(Step(Where.BOX, "Type it"), person_s=2.0, waited_s=0.5)
    ledger.note(Step(Where.LANE, "Go"), person_s=3.0, waited_s=1.5)
    assert (ledger.person_s, ledger.waited_s) == (5.0, 2.0)
    head, first, second, total = ledger.lines()
    assert "person" in head
    assert first.split() == ["1", "at", "the", "box", "2.0", "s", "0.5", "s", "Type", "it"]
    assert second.endswith("Go")
    assert total.endswith("together 7.0 s")
