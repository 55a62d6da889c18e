"""How long a lane may stand open."""

from access_core.clock import Instant
from edge_agent.gate.held_open import HeldOpenWatch, Opening, Stage
from tests.facts import AT

WARN_MS, ALARM_MS = 5_000, 8_000


def _watch() -> HeldOpenWatch:
    return HeldOpenWatch(WARN_MS, ALARM_MS)


def _after(ms: int) -> Instant:
    return AT.plus_ms(ms)


def test_a_word_comes_first_and_then_the_alarm() -> None:
    """Each stage begins at its deadline, once, and there is no third."""
    watch = _watch()
    watch.opened(Opening.CONTACT, AT)
    assert watch.next_deadline() == _after(WARN_MS)
    assert watch.reached(_after(WARN_MS - 1)) is None
    assert watch.reached(_after(WARN_MS)) is Stage.WARNED
    assert watch.next_deadline() == _after(ALARM_MS)
    assert watch.reached(_after(ALARM_MS)) is Stage.ALARMED
    assert watch.next_deadline() is None
    assert watch.reached(_after(10 * ALARM_MS)) is None


def test_what_is_closed_in_time_is_no_alarm() -> None:
    """A door that closes after the word ends it, and nothing is told."""
    watch = _watch()
    watch.opened(Opening.CONTACT, AT)
    watch.reached(_after(WARN_MS))
    assert not watch.closed(Opening.CONTACT)
    assert watch.stage is Stage.QUIET
    assert not watch.is_open


def test_the_end_of_an_alarm_is_told_when_everything_is_closed() -> None:
    """A contact that closes while a passage still lasts ends nothing."""
    watch = _watch()
    watch.opened(Opening.CONTACT, AT)
    watch.opened(Opening.PASSAGE, _after(1_000))
    watch.reached(_after(WARN_MS))
    watch.reached(_after(ALARM_MS))
    assert not watch.closed(Opening.CONTACT)
    assert watch.closed(Opening.PASSAGE)


def test_the_older_opening_counts() -> None:
    """A second opening does not make the first one younger."""
    watch = _watch()
    watch.opened(Opening.PASSAGE, AT)
    watch.opened(Opening.CONTACT, _after(4_000))
    watch.opened(Opening.PASSAGE, _after(4_500))
    assert watch.next_deadline() == _after(WARN_MS)


def test_whoever_goes_through_rightly_begins_the_time_anew() -> None:
    """A queue of granted people holds no door open; an alarm that was given stands."""
    watch = _watch()
    watch.opened(Opening.CONTACT, AT)
    watch.reached(_after(WARN_MS))
    watch.begin_anew(_after(6_000))
    assert watch.next_deadline() == _after(6_000 + WARN_MS)
    watch.reached(_after(6_000 + WARN_MS))
    watch.reached(_after(6_000 + ALARM_MS))
    watch.begin_anew(_after(20_000))
    assert watch.stage is Stage.ALARMED
