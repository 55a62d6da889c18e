"""One credential held up is one decision."""

from edge_agent.gate.repeats import REMEMBERED, Repeats
from tests.facts import AT

WINDOW_MS = 1_500


def test_a_credential_held_in_view_is_one_decision() -> None:
    """Each sight within the window of the last belongs to the first, however long it lasts."""
    repeats = Repeats(WINDOW_MS)
    assert not repeats.is_repeat("card", AT, is_settling=True)
    for sight in range(1, 100):
        at = AT.plus_ms(sight * (WINDOW_MS - 1))
        assert repeats.is_repeat("card", at, is_settling=True)


def test_after_the_window_it_is_held_up_anew() -> None:
    """Whoever comes back is decided upon again."""
    repeats = Repeats(WINDOW_MS)
    repeats.is_repeat("card", AT, is_settling=True)
    assert not repeats.is_repeat("card", AT.plus_ms(WINDOW_MS), is_settling=True)


def test_another_credential_is_no_repeat() -> None:
    """Two people at one lane are two decisions."""
    repeats = Repeats(WINDOW_MS)
    repeats.is_repeat("one", AT, is_settling=True)
    assert not repeats.is_repeat("other", AT, is_settling=True)


def test_a_request_to_try_again_may_be_followed_at_once() -> None:
    """What was not decided is decided at the next sight; its own repetition is folded."""
    repeats = Repeats(WINDOW_MS)
    assert not repeats.is_repeat("card", AT, is_settling=False)
    assert repeats.is_repeat("card", AT.plus_ms(50), is_settling=False)
    assert not repeats.is_repeat("card", AT.plus_ms(100), is_settling=True)
    assert repeats.is_repeat("card", AT.plus_ms(150), is_settling=False)


def test_memory_is_bounded() -> None:
    """The oldest is forgotten; a window of nothing folds nothing."""
    repeats = Repeats(WINDOW_MS)
    for number in range(REMEMBERED + 1):
        repeats.is_repeat(number, AT, is_settling=True)
    assert not repeats.is_repeat(0, AT, is_settling=True)
    unfolded = Repeats(0)
    unfolded.is_repeat("card", AT, is_settling=True)
    assert not unfolded.is_repeat("card", AT, is_settling=True)
