"""One of each message of wire version 1, as stored in `tests/golden/wire_v1`.

`python -m tests.wire_samples` writes the files that do not exist yet. It never rewrites one: a
message whose bytes change is another protocol version.
"""

from datetime import date
from pathlib import Path
from typing import Final

import msgspec

from access_core.devices.events import Direction
from access_core.ids import (
    AccessLevelId,
    AccessPointId,
    AreaId,
    CommandId,
    DoorId,
    EdgeId,
    GateId,
    HolderId,
    KeyId,
    PassId,
    ReaderId,
    ScheduleId,
    SiteId,
)
from access_core.model.access_event import AccessEvent, AccessEventKind, ClockState
from access_core.model.access_level import AccessLevel, LevelGrant
from access_core.model.credential import Credential, CredentialStatus
from access_core.model.schedule import ALL_DAY, Period, Schedule, always
from access_core.model.topology import AccessPoint, Area, Gate
from access_core.wire.event_chain import GENESIS
from access_core.wire.messages import (
    ChangeSet,
    EdgeStatus,
    EnrolRequest,
    EnrolResponse,
    EventBatch,
    IssuerKey,
    NamedKey,
    Receipt,
    SiteRules,
    TypePolicy,
    encode,
)
from access_core.wire.signed_message import Purpose, sign_message
from tests.issuer import KEY, KID, NOT_BEFORE_S, OTHER_KEY

FOLDER: Final = Path(__file__).parent / "golden" / "wire_v1"
EPOCH: Final = bytes(range(16))
NOW_MS: Final = NOT_BEFORE_S * 1000
_RAW_KEY: Final = KEY.public_key().public_bytes_raw()
_PASS: Final = PassId(bytes.fromhex("0011223344556677"))

EVENT: Final = AccessEvent(
    kind=AccessEventKind.ACCESS_DENIED,
    wall_ms=NOW_MS,
    mono_ns=123_456_789_000,
    boot="5f0c2e0a",
    clock=ClockState.HELD,
    gate_id=GateId("north-1"),
    access_point_id=AccessPointId("north-1-in"),
    direction=Direction.ENTRY,
    decision_id=CommandId("d-17"),
    pass_id=_PASS,
    holder_id=HolderId("h-42"),
    step=9,
    reasons=("PASS_REPLAYED", "ENTRIES_SPENT"),
    notes=("CREDENTIAL_EXPIRED",),
    is_offline=True,
    revision=7,
    detail="second showing",
)
SMALL_EVENT: Final = AccessEvent(
    kind=AccessEventKind.EDGE_STARTED, wall_ms=NOW_MS, mono_ns=1, boot="5f0c2e0a"
)
RULES: Final = SiteRules(
    time_zone="Asia/Shanghai",
    areas=(
        Area(area_id=AreaId("campus"), name_zh="校园", name_en="Campus", zone_bit=0),
        Area(
            area_id=AreaId("lab"),
            name_zh="实验楼",
            name_en="Laboratory",
            zone_bit=5,
            parent_id=AreaId("campus"),
        ),
    ),
    gates=(
        Gate(
            gate_id=GateId("north-1"),
            name_zh="北门一号",
            name_en="North 1",
            door_id=DoorId("north-1"),
        ),
    ),
    access_points=(
        AccessPoint(
            access_point_id=AccessPointId("north-1-in"),
            gate_id=GateId("north-1"),
            direction=Direction.ENTRY,
            area_id=AreaId("campus"),
            reader_id=ReaderId("camera-1"),
        ),
    ),
    schedules=(
        always(ScheduleId("always")),
        Schedule(
            schedule_id=ScheduleId("office"),
            name_zh="工作时间",
            name_en="Office hours",
            week=((Period(480, 1080),),) * 5 + ((), (ALL_DAY,)),
            special_days={date(2027, 1, 1): (), date(2027, 1, 9): (Period(480, 720),)},
        ),
    ),
    access_levels=(
        AccessLevel(
            access_level_id=AccessLevelId("visitors"),
            name_zh="访客",
            name_en="Visitors",
            grants=(LevelGrant(AccessPointId("north-1-in"), ScheduleId("office")),),
        ),
    ),
    issuer_keys=(
        IssuerKey(
            kid=KID,
            public_key=_RAW_KEY,
            valid_from_s=NOT_BEFORE_S,
            valid_until_s=NOT_BEFORE_S + 90 * 86_400,
        ),
    ),
    policies=(
        TypePolicy(pass_type=1),
        TypePolicy(
            pass_type=0,
            accept_unseen=True,
            unseen_levels=("members",),
            accept_when_stale=True,
        ),
    ),
)
SNAPSHOT: Final = ChangeSet(
    version=1,
    site_id=SiteId("main"),
    edge_id=EdgeId("edge-north-1"),
    base=0,
    revision=7,
    issued_ms=NOW_MS,
    expires_ms=NOW_MS + 72 * 3_600_000,
    rules=RULES,
    credentials=(
        Credential(
            pass_id=_PASS,
            holder_id=HolderId("h-42"),
            status=CredentialStatus.ENABLED,
            valid_from_s=NOT_BEFORE_S,
            valid_until_s=NOT_BEFORE_S + 28_800,
            access_levels=(AccessLevelId("visitors"),),
            is_holder_blocked=True,
        ),
    ),
)
DELTA: Final = ChangeSet(
    version=1,
    site_id=SiteId("main"),
    edge_id=EdgeId("edge-north-1"),
    base=7,
    revision=8,
    issued_ms=NOW_MS + 1,
    expires_ms=NOW_MS + 72 * 3_600_000 + 1,
    removed=(_PASS,),
)
RECEIPT: Final = Receipt(
    version=1,
    edge_id=EdgeId("edge-north-1"),
    epoch=EPOCH,
    seq=2,
    head_hash=bytes(range(32)),
    received_ms=NOW_MS + 250,
)
POLICY_KID: Final = KeyId(b"\x01\x01")

SAMPLES: Final[dict[str, msgspec.Struct]] = {
    "access_event": EVENT,
    "access_event_small": SMALL_EVENT,
    "change_set_snapshot": SNAPSHOT,
    "change_set_delta": DELTA,
    "signed_change_set": sign_message(encode(DELTA), Purpose.CHANGE_SET, POLICY_KID, OTHER_KEY),
    "receipt": RECEIPT,
    "signed_receipt": sign_message(encode(RECEIPT), Purpose.RECEIPT, POLICY_KID, OTHER_KEY),
    "enrol_request": EnrolRequest(version=1, code="ABCD-EFGH", public_key=_RAW_KEY),
    "enrol_response": EnrolResponse(
        version=1,
        edge_id=EdgeId("edge-north-1"),
        site_id=SiteId("main"),
        policy_keys=(NamedKey(kid=POLICY_KID, public_key=_RAW_KEY),),
        receipt_keys=(NamedKey(kid=KeyId(b"\x02\x01"), public_key=_RAW_KEY),),
        now_ms=NOW_MS,
    ),
    "event_batch": EventBatch(
        version=1,
        edge_id=EdgeId("edge-north-1"),
        epoch=EPOCH,
        first_seq=1,
        prev_hash=GENESIS,
        events=[msgspec.Raw(encode(SMALL_EVENT)), msgspec.Raw(encode(EVENT))],
    ),
    "edge_status": EdgeStatus(
        version=1,
        revision=7,
        journal_seq=120,
        delivered_seq=118,
        now_ms=NOW_MS,
        software="0.1.0",
        devices={"camera-1": "ready", "turnstile": "lost: no answer on the line"},
    ),
}
"""File name without ending -> message."""


def write_missing(folder: Path = FOLDER) -> list[str]:
    """Store the samples that have no file yet; gives their names."""
    missing = [name for name in SAMPLES if not (folder / f"{name}.json").exists()]
    for name in missing:
        (folder / f"{name}.json").write_bytes(encode(SAMPLES[name]))
    return missing


if __name__ == "__main__":
    write_missing()
