"""Who has signed in."""

from edge_agent.console.sessions import IDLE_MS, LONGEST_MS, MOST, Sessions
from tests.edge_agent.console.hand_clock import HandClock


def test_a_session_lasts_as_long_as_it_is_used() -> None:
    """Asking keeps it alive; half an hour without ends it."""
    clock = HandClock()
    sessions = Sessions(clock)
    token = sessions.begin()
    for _ in range(3):
        clock.at = clock.at.plus_ms(IDLE_MS)
        assert sessions.find(token) is not None
    clock.at = clock.at.plus_ms(IDLE_MS + 1)
    assert sessions.find(token) is None


def test_no_session_lasts_longer_than_a_day_of_work() -> None:
    """However much it is used."""
    clock = HandClock()
    sessions = Sessions(clock)
    token = sessions.begin()
    for _ in range(LONGEST_MS // IDLE_MS):
        clock.at = clock.at.plus_ms(IDLE_MS)
        assert sessions.find(token) is not None
    clock.at = clock.at.plus_ms(1)
    assert sessions.find(token) is None


def test_one_session_too_many_ends_the_one_least_used() -> None:
    """There are never more than a few."""
    clock = HandClock()
    sessions = Sessions(clock)
    tokens = []
    for _ in range(MOST + 1):
        clock.at = clock.at.plus_ms(1)
        tokens.append(sessions.begin())
    assert [sessions.find(token) is not None for token in tokens] == [False, *[True] * MOST]


def test_each_session_knows_its_own_forms() -> None:
    """The key of one is nothing to another; sign-ins are numbered for the journal."""
    sessions = Sessions(HandClock())
    one, other = (sessions.find(sessions.begin()) for _ in range(2))
    assert one is not None
    assert other is not None
    assert one.is_own_form(one.form_key)
    assert not one.is_own_form(other.form_key)
    assert not one.is_own_form("")
    assert (one.who, other.who) == ("console 1", "console 2")


def test_signing_out_ends_it() -> None:
    """The token is worth nothing any more; an unknown one is no error."""
    sessions = Sessions(HandClock())
    token = sessions.begin()
    sessions.end(token)
    sessions.end(token)
    assert sessions.find(token) is None
