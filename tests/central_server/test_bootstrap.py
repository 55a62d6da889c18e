"""The application is put together as declared."""

from central_server.bootstrap import NAV, ROUTERS
from central_server.kit.guards import Requires, guards_of, routes_of


def test_every_entry_of_the_navigation_is_a_page_with_that_permission() -> None:
    """Whoever sees an entry may open it."""
    guards = {
        getattr(route, "path", ""): guard
        for route in routes_of(ROUTERS)
        if "GET" in (getattr(route, "methods", None) or ())
        for guard in guards_of(route)
    }
    for entry in NAV:
        guard = guards[entry.href]
        assert isinstance(guard, Requires)
        assert guard.permission is entry.permission


def test_no_two_routes_answer_the_same_request() -> None:
    """Method and path are unique."""
    seen = [
        (method, getattr(route, "path", ""))
        for route in routes_of(ROUTERS)
        for method in getattr(route, "methods", None) or ()
    ]
    assert len(seen) == len(set(seen))
