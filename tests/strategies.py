"""Hypothesis strategies for the types of access_core: any value that can exist."""

from typing import Final
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from access_core.clock import Instant
from access_core.devices.events import Direction
from access_core.ids import (
    AccessLevelId,
    AccessPointId,
    AreaId,
    CommandId,
    GateId,
    HolderId,
    PassId,
    ReaderId,
    ScheduleId,
)
from access_core.model.access_event import AccessEvent, AccessEventKind, ClockState
from access_core.model.credential import Credential, CredentialStatus
from access_core.model.schedule import MINUTES_PER_DAY, Period, Schedule, always
from access_core.model.topology import AccessPoint
from access_core.passes.pass_token import (
    MAX_ROTATING_MIN,
    MAX_USES,
    MAX_VALIDITY_MIN,
    ROTATING,
    UINT32_MAX,
    PassClaims,
    PassFlaw,
    PassType,
)
from access_core.passes.rotation import Reveal
from access_core.passes.signing import PassRefusal, VerifiedPass
from access_core.policy.reasons import ReasonCode
from access_core.policy.request import AccessRequest, PassHistory, PassPolicy

SITE_ZONE: Final = ZoneInfo("Asia/Shanghai")

pass_ids: Final = st.binary(min_size=8, max_size=8).map(PassId)
seconds: Final = st.integers(0, UINT32_MAX)
short_text: Final = st.text(max_size=12)


@st.composite
def pass_claims(draw: st.DrawFn) -> PassClaims:
    """Any claims that may be issued."""
    pass_type = draw(st.sampled_from(PassType))
    rotates = pass_type in ROTATING
    return PassClaims(
        pass_id=draw(pass_ids),
        not_before_s=draw(seconds),
        validity_min=draw(st.integers(1, MAX_ROTATING_MIN if rotates else MAX_VALIDITY_MIN)),
        type=pass_type,
        zones=draw(st.integers(0, UINT32_MAX)),
        uses=draw(st.integers(0, MAX_USES)),
        anchor=draw(st.binary(min_size=16, max_size=16)) if rotates else None,
    )


reveals: Final = st.builds(Reveal, st.integers(1, 200), st.binary(min_size=16, max_size=16))


@st.composite
def presented_passes(draw: st.DrawFn) -> VerifiedPass | PassRefusal:
    """A pass with or without a right reveal, or a text that is no pass."""
    if draw(st.integers(0, 3)) == 0:
        return PassRefusal(draw(st.sampled_from(PassFlaw)))
    return VerifiedPass(draw(pass_claims()), draw(st.none() | reveals))


credentials: Final = st.builds(
    Credential,
    pass_id=pass_ids,
    holder_id=short_text.map(HolderId),
    status=st.sampled_from(CredentialStatus),
    valid_from_s=seconds,
    valid_until_s=seconds,
    access_levels=st.lists(short_text.map(AccessLevelId), max_size=3).map(tuple),
    is_holder_blocked=st.booleans(),
)

periods: Final = (
    st.tuples(st.integers(0, MINUTES_PER_DAY), st.integers(0, MINUTES_PER_DAY))
    .filter(lambda ends: ends[0] != ends[1])
    .map(lambda ends: Period(min(ends), max(ends)))
)
days: Final = st.lists(periods, max_size=2).map(tuple)
schedules: Final = st.builds(
    Schedule,
    schedule_id=short_text.map(ScheduleId),
    name_zh=short_text,
    name_en=short_text,
    week=st.tuples(days, days, days, days, days, days, days),
    special_days=st.dictionaries(st.dates(), days, max_size=2),
)

access_points: Final = st.builds(
    AccessPoint,
    access_point_id=short_text.map(AccessPointId),
    gate_id=short_text.map(GateId),
    direction=st.sampled_from(Direction),
    area_id=short_text.map(AreaId),
    reader_id=st.none() | short_text.map(ReaderId),
)

instants: Final = st.builds(
    Instant, mono_ns=st.integers(0, 2**62), wall_ms=st.integers(0, UINT32_MAX * 1000)
)


@st.composite
def access_requests(draw: st.DrawFn) -> AccessRequest:
    """Any facts a decision can be asked with, likely and unlikely."""
    at = draw(instants)
    return AccessRequest(
        at=at,
        local_time=at.utc().astimezone(SITE_ZONE),
        access_point=draw(access_points),
        zone_bit=draw(st.integers(0, 31)),
        presented=draw(presented_passes()),
        credential=draw(st.none() | credentials),
        schedules=tuple(
            draw(st.lists(schedules | st.just(always(ScheduleId("always"))), max_size=2))
        ),
        history=PassHistory(
            entries_taken=draw(st.integers(0, 3)),
            highest_step=draw(st.none() | st.integers(0, 300)),
            verified=draw(st.none() | reveals),
        ),
        policies=draw(
            st.dictionaries(
                st.sampled_from(PassType),
                st.builds(PassPolicy, accept_unseen=st.booleans(), accept_when_stale=st.booleans()),
            )
        ),
        is_snapshot_stale=draw(st.booleans()),
        is_read_fresh=draw(st.booleans()),
        is_emergency=draw(st.booleans()),
    )


access_events: Final = st.builds(
    AccessEvent,
    kind=st.sampled_from(AccessEventKind),
    wall_ms=st.integers(0, 2**42 - 1),
    mono_ns=st.integers(0, 2**62),
    boot=short_text,
    clock=st.sampled_from(ClockState),
    gate_id=st.none() | short_text.map(GateId),
    access_point_id=st.none() | short_text.map(AccessPointId),
    direction=st.none() | st.sampled_from(Direction),
    decision_id=st.none() | short_text.map(CommandId),
    pass_id=st.none() | pass_ids,
    holder_id=st.none() | short_text.map(HolderId),
    step=st.none() | st.integers(1, 65535),
    reasons=st.lists(st.sampled_from(ReasonCode).map(str), max_size=3).map(tuple),
    notes=st.lists(st.sampled_from(ReasonCode).map(str), max_size=3).map(tuple),
    is_offline=st.booleans(),
    revision=st.integers(0, 2**63 - 1),
    detail=st.text(max_size=200),
)
