"""Every message between edge and centre, as JSON (msgspec).

Bytes travel as base64, identifiers as text, times as milliseconds since 1970 UTC. Unknown fields
are refused on the way down (rules) and tolerated on the way up by version only: a message with
another `version` is refused. Stored bytes of this version are in `tests/golden/wire_v1`.
"""

from typing import Final, Generic, TypeVar

import msgspec

from access_core.errors import MalformedMessage, ProgramError
from access_core.ids import EdgeId, KeyId, PassId, SiteId
from access_core.model.access_level import AccessLevel
from access_core.model.credential import Credential
from access_core.model.schedule import Schedule
from access_core.model.topology import AccessPoint, Area, Gate
from access_core.quantities import Count, WallMs

VERSION: Final = 1
MAX_BATCH_EVENTS: Final = 500
MAX_BATCH_BYTES: Final = 256 * 1024
"""Largest body of one batch; the edge splits before either limit."""


class IssuerKey(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A public key that passes may be signed with. `public_key`: 32 raw Ed25519 bytes."""

    kid: KeyId
    public_key: bytes
    valid_from_s: Count
    valid_until_s: Count


class TypePolicy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The owner's choices for one pass type; see `policy.request.PassPolicy`."""

    pass_type: int
    accept_unseen: bool = False
    unseen_levels: tuple[str, ...] = ()
    """Access levels an unseen pass of this type is given."""
    accept_when_stale: bool = False


class SiteRules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything an edge holds beside credentials; small, so always sent whole."""

    time_zone: str
    """IANA name, for schedules."""
    areas: tuple[Area, ...]
    gates: tuple[Gate, ...]
    access_points: tuple[AccessPoint, ...]
    schedules: tuple[Schedule, ...]
    access_levels: tuple[AccessLevel, ...]
    issuer_keys: tuple[IssuerKey, ...]
    policies: tuple[TypePolicy, ...]


class ChangeSet(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What changed for one edge between two revisions. `base` 0 is a whole snapshot.

    Applied only if `base` is the revision held (or 0) and `revision` is above it.
    """

    version: int
    site_id: SiteId
    edge_id: EdgeId
    base: Count
    revision: Count
    issued_ms: WallMs
    expires_ms: WallMs
    """After this moment the rules are stale."""
    rules: SiteRules | None = None
    """None: as they were."""
    credentials: tuple[Credential, ...] = ()
    removed: tuple[PassId, ...] = ()


class SignedMessage(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Exact payload bytes with an Ed25519 signature; opened by `signed_message.open_signed`."""

    kid: KeyId
    signature: bytes
    payload: bytes


class EnrolRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An edge introduces itself with a one-time code and the key it has made."""

    version: int
    code: str
    public_key: bytes
    """32 raw Ed25519 bytes."""


class NamedKey(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A public key with its id."""

    kid: KeyId
    public_key: bytes


class EnrolResponse(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who the edge is from now on, and whose signatures it shall believe."""

    version: int
    edge_id: EdgeId
    site_id: SiteId
    policy_keys: tuple[NamedKey, ...]
    receipt_keys: tuple[NamedKey, ...]
    now_ms: WallMs


class EventBatch(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Consecutive journal lines of one edge, each exactly as it stands in the journal.

    `events[i]` has the sequence `first_seq + i`; `prev_hash` is the chain hash before the first.
    """

    version: int
    edge_id: EdgeId
    epoch: bytes
    """16 random bytes made with the journal."""
    first_seq: Count
    prev_hash: bytes
    events: list[msgspec.Raw]


class Receipt(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The centre has committed everything up to `seq`; only this moves an edge's watermark."""

    version: int
    edge_id: EdgeId
    epoch: bytes
    seq: Count
    head_hash: bytes
    received_ms: WallMs


class EdgeStatus(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How an edge is and what it holds."""

    version: int
    revision: Count
    journal_seq: Count
    delivered_seq: Count
    now_ms: WallMs
    software: str
    devices: dict[str, str] = {}
    """Device id -> state in words."""


_ENCODER = msgspec.json.Encoder()
_T = TypeVar("_T")


def encode(message: object) -> bytes:
    """The JSON bytes of a message or of an event."""
    return _ENCODER.encode(message)


class Reader(Generic[_T]):
    """Reads one kind of message; made once, since building it costs more than reading."""

    def __init__(self, kind: type[_T]) -> None:
        """For messages of `kind`."""
        self._name = kind.__name__
        self._decoder = msgspec.json.Decoder(kind)

    def read(self, body: bytes | msgspec.Raw) -> _T:
        """The message in `body`; MalformedMessage names the place that is wrong."""
        try:
            message = self._decoder.decode(body)
        except (msgspec.DecodeError, ProgramError, UnicodeDecodeError, RecursionError) as error:
            raise MalformedMessage(f"{self._name}: {error}") from error
        version = getattr(message, "version", VERSION)
        if version != VERSION:
            raise MalformedMessage(f"{self._name}: version {version} is not {VERSION}")
        return message
