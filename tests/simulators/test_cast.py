"""Plain people and people with a browser can do the same things."""

import inspect

from simulators.browser import BrowserHost, BrowserPhone, LogPage
from simulators.cast import Host, OpenLog, Phone
from simulators.plain_host import PlainHost
from simulators.plain_phone import PlainPhone

PHONES: tuple[type[Phone], ...] = (PlainPhone, BrowserPhone)
HOSTS: tuple[type[Host], ...] = (PlainHost, BrowserHost)
LOGS: tuple[type[OpenLog], ...] = (LogPage,)


def test_every_kind_of_person_can_do_what_a_person_does() -> None:
    """Types are checked by mypy in the lines above; here that every action is asynchronous."""
    for protocol, kinds in ((Phone, PHONES), (Host, HOSTS), (OpenLog, LOGS)):
        actions = [name for name in vars(protocol) if not name.startswith("_")]
        assert actions
        for kind in kinds:
            assert all(inspect.iscoroutinefunction(getattr(kind, name)) for name in actions)
