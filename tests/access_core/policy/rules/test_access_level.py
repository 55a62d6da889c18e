"""Here and now."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from access_core.ids import ScheduleId
from access_core.model.schedule import Period, Schedule, always
from access_core.passes.card import CardRead
from access_core.passes.pass_token import PassFlaw
from access_core.passes.signing import PassRefusal
from access_core.policy.reasons import ReasonCode
from access_core.policy.rules.access_level import check
from tests.facts import VISITOR, a_request, shown
from tests.issuer import issue_visitor

SHANGHAI = ZoneInfo("Asia/Shanghai")
OFFICE_HOURS = Schedule(
    schedule_id=ScheduleId("office"),
    name_zh="工作时间",
    name_en="Office hours",
    week=((Period(8 * 60, 18 * 60),),) * 5 + ((), ()),
)


def test_the_right_gate_at_the_right_time() -> None:
    """Nothing against it."""
    assert check(a_request()) is None


def test_a_pass_without_the_zone_of_this_gate_is_for_another_gate() -> None:
    """The zones in the signed pass bind, whatever the access levels say."""
    assert check(a_request(zone_bit=1)) is ReasonCode.UNAUTHORIZED


def test_every_zone_bit_counts() -> None:
    """The bitmap is read at the bit of the area and nowhere else."""
    for bit in range(32):
        request = a_request(presented=shown(issue_visitor(1, zones=1 << bit)))
        allowed = [b for b in range(32) if check(replace(request, zone_bit=b)) is None]
        assert allowed == [bit]


def test_an_access_level_without_this_access_point_is_for_another_gate() -> None:
    """The zone alone is not enough."""
    assert check(a_request(schedules=())) is ReasonCode.UNAUTHORIZED


@pytest.mark.parametrize(
    ("local", "reason"),
    [
        (datetime(2026, 11, 18, 8, 0, tzinfo=SHANGHAI), None),
        (datetime(2026, 11, 18, 17, 59, 59, tzinfo=SHANGHAI), None),
        (datetime(2026, 11, 18, 18, 0, tzinfo=SHANGHAI), ReasonCode.NOT_PERMITTED_AT_THIS_TIME),
        (datetime(2026, 11, 18, 7, 59, tzinfo=SHANGHAI), ReasonCode.NOT_PERMITTED_AT_THIS_TIME),
        (datetime(2026, 11, 21, 12, 0, tzinfo=SHANGHAI), ReasonCode.NOT_PERMITTED_AT_THIS_TIME),
    ],
    ids=str,
)
def test_the_schedule_is_asked_in_local_time(local: datetime, reason: ReasonCode | None) -> None:
    """The first minute belongs to a period, the last does not."""
    assert check(a_request(schedules=(OFFICE_HOURS,), local_time=local)) is reason


def test_one_schedule_that_allows_is_enough() -> None:
    """Several access levels add up."""
    night = datetime(2026, 11, 18, 23, 0, tzinfo=SHANGHAI)
    both = (OFFICE_HOURS, always(ScheduleId("always")))
    assert check(a_request(schedules=both, local_time=night)) is None


def test_what_is_no_pass_is_left_to_the_rule_for_that() -> None:
    """One cause, one reason."""
    assert check(a_request(presented=PassRefusal(PassFlaw.TOO_LONG), schedules=())) is None


def test_a_card_has_no_zones_and_goes_where_its_levels_lead() -> None:
    """The access levels alone say where and when."""
    card = CardRead(VISITOR.claims.pass_id)
    night = datetime(2026, 11, 18, 23, 0, tzinfo=SHANGHAI)
    assert check(a_request(presented=card, zone_bit=1)) is None
    assert check(a_request(presented=card, schedules=())) is ReasonCode.UNAUTHORIZED
    late = a_request(presented=card, schedules=(OFFICE_HOURS,), local_time=night)
    assert check(late) is ReasonCode.NOT_PERMITTED_AT_THIS_TIME
