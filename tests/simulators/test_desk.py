"""The people at the console; what they do there is proven by running campuses."""

import pytest

from access_core.model.access_event import AccessEventKind
from simulators.desk import Account, read_export
from simulators.ledger import LoggedEvent
from simulators.turnstile_lane import Way

EXPORT = (
    "\ufeffNumber,Time,Gate,Direction,What happened,Event code,Reason\r\n"
    '7,now,"Main, gate",in,Granted,access_granted,\r\n'
    "8,now,Main gate,out,Through,access_taken,\r\n"
    "9,now,Main gate,,Edge started,edge_started,\r\n"
)


def test_an_export_of_the_log_is_read() -> None:
    """Number, kind and direction of every line."""
    assert read_export(EXPORT) == [
        LoggedEvent(7, AccessEventKind.ACCESS_GRANTED, Way.ENTRY),
        LoggedEvent(8, AccessEventKind.ACCESS_TAKEN, Way.EXIT),
        LoggedEvent(9, AccessEventKind.EDGE_STARTED, None),
    ]


def test_an_export_that_names_no_events_is_not_taken_for_an_empty_one() -> None:
    """A column that is missing must not look like a log without lines."""
    with pytest.raises(KeyError):
        read_export("Time\r\nnow\r\n")


def test_passwords_are_made_up_anew() -> None:
    """There is no default password, in a demo neither."""
    accounts = [Account.made_up("a", "A", "host") for _ in range(3)]
    assert len({account.password for account in accounts}) == 3
    assert all(len(account.password) >= 12 for account in accounts)
