"""The facts of a decision that grants, to be changed one by one."""

from dataclasses import replace
from typing import Any, Final
from zoneinfo import ZoneInfo

from access_core.clock import Instant
from access_core.devices.events import Direction
from access_core.ids import (
    AccessLevelId,
    AccessPointId,
    AreaId,
    GateId,
    HolderId,
    ScheduleId,
)
from access_core.model.credential import Credential, CredentialStatus
from access_core.model.schedule import always
from access_core.model.topology import AccessPoint
from access_core.passes.pass_token import PassClaims
from access_core.passes.signing import VerifiedPass
from access_core.policy.request import AccessRequest
from tests.issuer import NOT_BEFORE_S, IssuedPass, issue_visitor

VISITOR: Final = issue_visitor(1)
STEP: Final = 9
"""The step that `a_request` is asked at, and that the pass shows."""
AT: Final = Instant(mono_ns=10**12, wall_ms=(NOT_BEFORE_S + (STEP - 1) * 15 + 4) * 1000)
ENTRY: Final = AccessPoint(
    access_point_id=AccessPointId("north-1-in"),
    gate_id=GateId("north-1"),
    direction=Direction.ENTRY,
    area_id=AreaId("campus"),
)
EXIT: Final = AccessPoint(
    access_point_id=AccessPointId("north-1-out"),
    gate_id=GateId("north-1"),
    direction=Direction.EXIT,
    area_id=AreaId("campus"),
)


def a_credential(claims: PassClaims = VISITOR.claims, **changes: Any) -> Credential:  # noqa: ANN401 - any field
    """What the centre has told the edge of this pass."""
    fields: dict[str, Any] = {
        "pass_id": claims.pass_id,
        "holder_id": HolderId("h1"),
        "status": CredentialStatus.ENABLED,
        "valid_from_s": claims.not_before_s,
        "valid_until_s": claims.not_after_s,
        "access_levels": (AccessLevelId("visitors"),),
    }
    return Credential(**{**fields, **changes})


def shown(issued: IssuedPass = VISITOR, step: int = STEP) -> VerifiedPass:
    """A believed pass showing what belongs to `step`."""
    return VerifiedPass(issued.claims, issued.reveal(step) if issued.chain else None)


def a_request(**changes: Any) -> AccessRequest:  # noqa: ANN401 - any field
    """A visitor at the entry, in time, with everything in order."""
    request = AccessRequest(
        at=AT,
        local_time=AT.utc().astimezone(ZoneInfo("Asia/Shanghai")),
        access_point=ENTRY,
        zone_bit=2,
        presented=shown(),
        credential=a_credential(),
        schedules=(always(ScheduleId("always")),),
    )
    return replace(request, **changes)
