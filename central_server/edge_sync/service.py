"""Enrol edges, believe their requests, tell them what changed, take their events."""

from dataclasses import dataclass, field
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from access_core.clock import Instant
from access_core.errors import MalformedMessage, UntrustedMessage
from access_core.ids import EdgeId, SiteId
from access_core.wire.messages import (
    VERSION,
    ChangeSet,
    EdgeStatus,
    EnrolRequest,
    EnrolResponse,
    EventBatch,
    NamedKey,
    Receipt,
    SignedMessage,
    encode,
)
from access_core.wire.request_signature import (
    CONTENT_DIGEST,
    SIGNATURE,
    SIGNATURE_INPUT,
    SignedParts,
    check_signature,
    read_signer,
)
from access_core.wire.signed_message import Purpose, sign_message
from central_server.access_log import service as access_log
from central_server.access_log.rules import Source
from central_server.access_log.service import Contradiction, Gap, Recorded
from central_server.alarms import service as alarms
from central_server.alarms.rules import AlarmKind
from central_server.config import Settings
from central_server.edge_sync.nonces import NonceMemory
from central_server.edge_sync.projection import Projector
from central_server.kit.audit import Action, By, record
from central_server.kit.database import Database, Session
from central_server.kit.errors import Conflict
from central_server.kit.feed import ChangeKind, changes_between, head_revision, note_change, skip_to
from central_server.kit.i18n import text
from central_server.kit.keys import KeyRing, KeyStore
from central_server.sites import service as sites
from central_server.sites.service import KnownEdge

_SEEN_EVERY_MS: Final = 15_000
"""A poll that tells nothing new is noted at most so often."""
_MAX_AHEAD: Final = 10_000_000
"""An edge further ahead than this does not remember a lost backup; its number is nonsense."""
_REMEMBER_MS: Final = 10_000
"""Another process may have enrolled the edge anew: for so long its old key still counts here."""
_HOUR_MS: Final = 3_600_000
_KEY_BYTES: Final = 32


class JournalGap(Conflict):
    """Events are missing before this batch."""

    code = "gap"


class JournalContradiction(Conflict):
    """The batch contradicts what has been recorded."""

    code = "contradiction"


class RevisionAhead(Conflict):
    """The edge claims rules that the centre never made."""

    code = "revision_ahead"


@dataclass(slots=True)
class EdgeSync:
    """The machine side of the centre; made once by `bootstrap`."""

    settings: Settings
    keys: KeyStore
    nonces: NonceMemory = field(default_factory=NonceMemory)
    _known: dict[EdgeId, tuple[KnownEdge, Instant]] = field(
        default_factory=dict[EdgeId, tuple[KnownEdge, Instant]]
    )
    """Edges that spoke lately, so that a batch need not ask the database whose it is."""
    _refreshed_ms: int | None = None
    """When the rules were last noted anew, so that they never grow stale by silence."""

    async def enrol(self, session: Session, request: EnrolRequest, by: By) -> EnrolResponse:
        """Give the edge its name and our keys; EnrolCodeRefused if the code is not good."""
        if len(request.public_key) != _KEY_BYTES:
            raise MalformedMessage(f"EnrolRequest: public_key has not {_KEY_BYTES} bytes")
        edge = await sites.enrol_edge(session, request.code[:64], request.public_key, by)
        await note_change(session, ChangeKind.RULES)
        self._known.pop(edge.edge_id, None)
        return EnrolResponse(
            version=VERSION,
            edge_id=edge.edge_id,
            site_id=SiteId(self.settings.site.id),
            policy_keys=_named(self.keys.policy),
            receipt_keys=_named(self.keys.receipt),
            now_ms=by.now_ms,
        )

    async def note_code_used_again(
        self, session: Session, edge: KnownEdge, request: EnrolRequest, by: By
    ) -> None:
        """Tell security that somebody else may have the code by which `edge` was enrolled."""
        is_same = request.public_key == edge.public_key
        who = "the same key: its answer may have been lost" if is_same else "another key"
        detail = f"enrolment code of {edge.edge_id} used again from {by.source}, with {who}"
        kind = AlarmKind.ENROL_CODE_REUSED
        await alarms.raise_alarm(session, kind, edge.number, detail, by.now_ms)

    async def authenticate(
        self, database: Database, parts: SignedParts, headers: dict[str, str], now: Instant
    ) -> KnownEdge:
        """The edge that signed this request; MalformedMessage or UntrustedMessage if none did."""
        signer = read_signer(
            parts,
            content_digest=headers.get(CONTENT_DIGEST, ""),
            signature_input=headers.get(SIGNATURE_INPUT, ""),
            signature=headers.get(SIGNATURE, ""),
        )
        edge = await self._find_edge(database, EdgeId(signer.key_id), now)
        check_signature(signer, Ed25519PublicKey.from_public_bytes(edge.public_key), now.wall_s)
        self.nonces.use(edge.edge_id, signer.nonce, now.wall_s)
        return edge

    async def _find_edge(self, database: Database, edge_id: EdgeId, now: Instant) -> KnownEdge:
        remembered = self._known.get(edge_id)
        if remembered is not None and now.ms_since(remembered[1]) < _REMEMBER_MS:
            return remembered[0]
        async with database.reading() as session:
            edge = await sites.find_edge(session, edge_id)
        if edge is None:
            raise UntrustedMessage(f"{edge_id} is not enrolled here")
        self._known[edge_id] = edge, now
        return edge

    async def prepare_poll(
        self, database: Database, edge: KnownEdge, after: int, now_ms: int
    ) -> None:
        """Note what the edge holds; renew the rules if it is time; follow an edge that is ahead.

        An edge is ahead when this database came from a backup older than its rules: the feed then
        goes on above it with a snapshot, since an edge never goes back. RevisionAhead if its
        number is out of all reason.
        """
        refresh_ms = self.settings.edges.rules_refresh_h * _HOUR_MS
        is_due = self._refreshed_ms is None or now_ms - self._refreshed_ms >= refresh_ms
        is_news = after != edge.revision or now_ms - edge.seen_ms >= _SEEN_EVERY_MS
        async with database.reading() as session:
            head = await head_revision(session)
        if not (is_due or is_news or after > head):
            return
        async with database.writing() as session:
            await sites.note_revision(session, edge, min(after, head), now_ms)
            if after > head:
                await self._follow(session, edge, after, head, now_ms)
            if is_due:
                await note_change(session, ChangeKind.RULES)
        if is_due:
            self._refreshed_ms = now_ms

    async def changes(
        self, database: Database, edge: KnownEdge, after: int, now: Instant
    ) -> SignedMessage | None:
        """What changed for the edge above revision `after`, signed; None if nothing did."""
        async with database.reading() as session:
            head = await head_revision(session)
            if head <= after:
                return None
            gate = await sites.get_gate(session, edge.gate_id)
            projector = Projector(self.settings.site, self.keys)
            changes = await changes_between(session, after, head)
            is_whole = after == 0 or any(kind is ChangeKind.LEVELS for kind, _ in changes)
            if is_whole:
                projection = await projector.snapshot(session, gate, now.wall_s)
            else:
                projection = await projector.delta(session, gate, changes)
        change_set = ChangeSet(
            version=VERSION,
            site_id=SiteId(self.settings.site.id),
            edge_id=edge.edge_id,
            base=0 if is_whole else after,
            revision=head,
            issued_ms=now.wall_ms,
            expires_ms=now.wall_ms + self.settings.edges.rules_lifetime_h * _HOUR_MS,
            rules=projection.rules,
            credentials=projection.credentials,
            removed=projection.removed,
        )
        ring = self.keys.policy
        return sign_message(encode(change_set), Purpose.CHANGE_SET, ring.current, ring.signing)

    async def record_events(
        self, database: Database, edge: KnownEdge, batch: EventBatch, now_ms: int
    ) -> SignedMessage:
        """A receipt, signed after the commit; JournalGap or JournalContradiction without one."""
        if batch.edge_id != edge.edge_id:
            raise UntrustedMessage("EventBatch: signed by another edge than it names")
        source = Source(
            edge_number=edge.number,
            gate_id=edge.gate_id,
            gate_number=edge.gate_number,
            access_points=edge.access_points,
        )
        read = access_log.read_batch(source, batch)
        outcome = await access_log.record_batch(database, read, now_ms)
        match outcome:
            case Recorded(seq=seq, head_hash=head_hash):
                receipt = Receipt(
                    version=VERSION,
                    edge_id=edge.edge_id,
                    epoch=batch.epoch,
                    seq=seq,
                    head_hash=head_hash,
                    received_ms=now_ms,
                )
                ring = self.keys.receipt
                return sign_message(encode(receipt), Purpose.RECEIPT, ring.current, ring.signing)
            case Gap(expected=expected):
                raise JournalGap(text("expected sequence %(seq)s first", seq=expected))
            case Contradiction(detail=detail):
                raise JournalContradiction(text("other events came before: %(what)s", what=detail))

    async def note_status(
        self, session: Session, edge: KnownEdge, status: EdgeStatus, now_ms: int
    ) -> None:
        """The edge told how it is."""
        await sites.note_status(session, edge, status, now_ms)

    async def _follow(
        self, session: Session, edge: KnownEdge, after: int, head: int, now_ms: int
    ) -> None:
        if after - head > _MAX_AHEAD:
            raise RevisionAhead(text("revision %(revision)s was never made", revision=after))
        await skip_to(session, after + 1)
        by = By(now_ms=now_ms, source=edge.edge_id)
        detail = f"held {after}, head was {head}"
        await record(session, by.did(Action.EDGE_REVISION_AHEAD, f"edge:{edge.edge_id}", detail))


def _named(ring: KeyRing) -> tuple[NamedKey, ...]:
    return tuple(NamedKey(kid=kid, public_key=key) for kid, key in ring.public().items())
