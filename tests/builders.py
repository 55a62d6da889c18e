"""Shortest valid objects of an edge: rules, change sets, a gate, presentations, signed answers.

Everything stands round one gate `north-1` with an entry and an exit reader and a door, and the
visitor of `tests.facts`.
"""

from dataclasses import replace
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from access_core.clock import Instant
from access_core.devices.events import CredentialPresented, Medium, Origin
from access_core.ids import (
    AccessLevelId,
    AccessPointId,
    AreaId,
    DeviceId,
    DoorId,
    EdgeId,
    GateId,
    KeyId,
    ScheduleId,
    SiteId,
)
from access_core.model.access_level import AccessLevel, LevelGrant
from access_core.model.schedule import always
from access_core.model.topology import Area, Gate
from access_core.wire.messages import (
    VERSION,
    ChangeSet,
    IssuerKey,
    NamedKey,
    SignedMessage,
    SiteRules,
    encode,
)
from access_core.wire.signed_message import Purpose, sign_message
from edge_agent.gate.facts import SiteFacts, index_rules
from edge_agent.gate.machine import GateMachine, GateSetup
from edge_agent.link.identity import Identity
from tests.facts import AT, ENTRY, EXIT, STEP, VISITOR, a_credential
from tests.issuer import KEY, KID, NOT_BEFORE_S, IssuedPass

SITE: Final = SiteId("main")
EDGE: Final = EdgeId("edge-north-1")
DOOR: Final = DeviceId("turnstile")
READER_IN: Final = DeviceId("camera-in")
READER_OUT: Final = DeviceId("camera-out")
POLICY_KID: Final = KeyId(b"\x10\x01")
POLICY_KEY: Final = Ed25519PrivateKey.from_private_bytes(bytes([1]) * 32)
RECEIPT_KID: Final = KeyId(b"\x20\x01")
RECEIPT_KEY: Final = Ed25519PrivateKey.from_private_bytes(bytes([2]) * 32)
EDGE_KEY: Final = Ed25519PrivateKey.from_private_bytes(bytes([3]) * 32)
_ALWAYS: Final = ScheduleId("always")


def a_rule_set(**changes: Any) -> SiteRules:  # noqa: ANN401 - any field
    """One gate, open to visitors at all times, in and out."""
    fields: dict[str, Any] = {
        "time_zone": "Asia/Shanghai",
        "areas": (Area(area_id=AreaId("campus"), name_zh="校园", name_en="Campus", zone_bit=2),),
        "gates": (
            Gate(
                gate_id=GateId("north-1"),
                name_zh="北门一号",
                name_en="North 1",
                door_id=DoorId("north-1"),
            ),
        ),
        "access_points": (ENTRY, EXIT),
        "schedules": (always(_ALWAYS),),
        "access_levels": (
            AccessLevel(
                access_level_id=AccessLevelId("visitors"),
                name_zh="访客",
                name_en="Visitors",
                grants=(
                    LevelGrant(ENTRY.access_point_id, _ALWAYS),
                    LevelGrant(EXIT.access_point_id, _ALWAYS),
                ),
            ),
        ),
        "issuer_keys": (
            IssuerKey(
                kid=KID,
                public_key=KEY.public_key().public_bytes_raw(),
                valid_from_s=NOT_BEFORE_S - 86_400,
                valid_until_s=NOT_BEFORE_S + 365 * 86_400,
            ),
        ),
        "policies": (),
    }
    return SiteRules(**{**fields, **changes})


def some_facts(rules: SiteRules | None = None, **changes: Any) -> SiteFacts:  # noqa: ANN401 - any field
    """`rules` indexed; issued before `AT` and good for a week."""
    facts = index_rules(
        rules or a_rule_set(),
        revision=7,
        issued_ms=NOT_BEFORE_S * 1000 - 60_000,
        expires_ms=NOT_BEFORE_S * 1000 + 7 * 86_400_000,
    )
    return replace(facts, **changes)


def a_change_set(**changes: Any) -> ChangeSet:  # noqa: ANN401 - any field
    """A whole snapshot with the visitor of `tests.facts`."""
    fields: dict[str, Any] = {
        "version": VERSION,
        "site_id": SITE,
        "edge_id": EDGE,
        "base": 0,
        "revision": 7,
        "issued_ms": NOT_BEFORE_S * 1000 - 60_000,
        "expires_ms": NOT_BEFORE_S * 1000 + 7 * 86_400_000,
        "rules": a_rule_set(),
        "credentials": (a_credential(),),
    }
    return ChangeSet(**{**fields, **changes})


def signed_by_policy(change: ChangeSet) -> SignedMessage:
    """`change` as the centre sends it."""
    return sign_message(encode(change), Purpose.CHANGE_SET, POLICY_KID, POLICY_KEY)


def an_identity() -> Identity:
    """The edge, enrolled."""
    return Identity(
        edge_id=EDGE,
        site_id=SITE,
        key=EDGE_KEY,
        policy_keys={POLICY_KID: POLICY_KEY.public_key()},
        receipt_keys={RECEIPT_KID: RECEIPT_KEY.public_key()},
    )


def named(kid: KeyId, key: Ed25519PrivateKey) -> NamedKey:
    """The public half of `key`."""
    return NamedKey(kid=kid, public_key=key.public_key().public_bytes_raw())


def a_setup(**changes: Any) -> GateSetup:  # noqa: ANN401 - any field
    """The gate `north-1`."""
    setup = GateSetup(
        gate_id=GateId("north-1"),
        door=DOOR,
        readers={
            READER_IN: AccessPointId("north-1-in"),
            READER_OUT: AccessPointId("north-1-out"),
        },
        boot="boot-1",
        run="run",
    )
    return replace(setup, **changes)


def a_gate(setup: GateSetup | None = None, facts: SiteFacts | None = None) -> GateMachine:
    """A gate with rules, which has not heard of its door yet."""
    return GateMachine(setup or a_setup(), facts or some_facts())


def origin(device: DeviceId = DOOR, at: Instant = AT) -> Origin:
    """From `device`, in its first connection."""
    return Origin(device=device, epoch=1, sequence=1, at=at)


def presented(
    issued: IssuedPass = VISITOR,
    step: int = STEP,
    *,
    reader: DeviceId = READER_IN,
    **changes: Any,  # noqa: ANN401 - any field
) -> CredentialPresented:
    """A pass held up at `reader`."""
    event = CredentialPresented(origin=origin(reader), medium=Medium.QR, payload=issued.text(step))
    return replace(event, **changes)
