"""Visits for tests: the shortest good ones."""

from datetime import date, time
from typing import Any

from msgspec.structs import replace

from access_core.ids import GateId
from central_server.config import VisitSettings
from central_server.visits.records import Visit
from central_server.visits.rules import Purpose, VisitState
from central_server.visits.schemas import Booking
from central_server.visits.service import Site
from central_server.visits.site_rules import site_rules
from tests.central_server.visitors import SHANGHAI

RULES = site_rules(VisitSettings())
"""Those of a campus that has chosen nothing itself."""
SITE = Site(zone=SHANGHAI, rules=RULES)
BEGINS_S = 1_800_000_000
"""2027-01-15 16:00 in Shanghai, where the tests' clock stands."""


def a_visit(**changed: Any) -> Visit:  # noqa: ANN401 - any field
    """A visit of two hours that waits for an answer."""
    visit = Visit(
        visit_id=1,
        state=VisitState.WAITING,
        before_cancel=None,
        booked_ms=BEGINS_S * 1000,
        changed_ms=BEGINS_S * 1000,
        version=1,
        starts_s=BEGINS_S,
        ends_s=BEGINS_S + 7200,
        decide_by_s=BEGINS_S + 3600,
        gate_id=GateId("north"),
        purpose=Purpose.MEETING,
        name="Ada Lovelace",
        phone="13812345678",
        email="",
        host_name="Li Ming",
        host_department="Physics",
        host_id=None,
        companions=0,
        plate="京A12345",
        note="",
        consent_version="2026-11",
        language="en",
        holder_id=None,
        reason="",
    )
    return replace(visit, **changed)


def a_booking(**changed: Any) -> Booking:  # noqa: ANN401 - any field
    """The booking that such a visit comes from."""
    booking = Booking(
        purpose=Purpose.MEETING,
        host_name="Li Ming",
        host_department="Physics",
        gate_id="north",
        day=date(2027, 1, 15),
        from_=time(16, 0),
        until=time(18, 0),
        name="Ada Lovelace",
        phone="13812345678",
        email="",
        companions=0,
        plate="京A12345",
        note="",
        key="k" * 32,
    )
    return replace(booking, **changed)
