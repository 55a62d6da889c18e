"""Make, sign, change and end passes. Every change is told to the gates in the same transaction.

A subject (a visit) has one live pass at a time: a pass on another phone or on paper ends the one
before and takes over its short code, so that the forms of one right never add up.
"""

import secrets
from collections.abc import Sequence
from hmac import compare_digest

from access_core.clock import Instant
from access_core.ids import HolderId, PassId
from access_core.model.credential import Credential, CredentialStatus
from access_core.passes import short_code
from access_core.passes.pass_token import PASS_ID_BYTES, ROTATING, PassClaims, PassType
from access_core.passes.signing import sign
from central_server.kit.cookies import token_hash
from central_server.kit.database import Session
from central_server.kit.errors import Conflict, NotFound
from central_server.kit.feed import ChangeKind, note_change
from central_server.kit.i18n import text
from central_server.kit.keys import KeyStore
from central_server.passes import repository
from central_server.passes.schemas import AnchorRequest, PassOrder, PassRecord


async def issue(
    session: Session, order: PassOrder, now: Instant, *, claim: str | None = None
) -> PassRecord:
    """A new pass for `order`, known to the gates from the commit on.

    With a `claim`, it is for the phone that knows it and not for the first that comes.
    An older live pass of the subject is revoked; its short code goes over to the new one. A
    rotating pass is signed once the phone has sent its anchor.
    """
    code: str | None = None
    for older in await repository.of_subjects(session, [order.subject]):
        code = code or older.short_code
        if older.short_code is not None:
            await repository.release_short_code(session, older.pass_id)
        if older.is_live:
            await _set_status(session, older, CredentialStatus.REVOKED)
    record = PassRecord(
        pass_id=PassId(secrets.token_bytes(PASS_ID_BYTES)),
        order=order,
        status=CredentialStatus.ENABLED,
        short_code=code or await _free_short_code(session),
        claim_hash=None if claim is None else token_hash(claim),
        anchor=None,
        signed=None,
    )
    await repository.add(session, record, now.wall_ms)
    await _tell_gates(session, record.pass_id)
    return record


def is_for(record: PassRecord, claim: str) -> bool:
    """Whether a phone with this claim (empty: none) may make the chain of a pass without one."""
    return record.claim_hash is None or compare_digest(record.claim_hash, token_hash(claim))


async def sign_with_anchor(session: Session, keys: KeyStore, asked: AnchorRequest) -> bytes:
    """Item 1 of a rotating pass for the phone that made the anchor.

    The same anchor again gets the same bytes. Conflict if another phone was first or has the
    claim; NotFound if the pass is not rotating or has ended.
    """
    record = await repository.by_id(session, PassId(asked.pass_id))
    if record is None or not record.is_live or record.order.pass_type not in ROTATING:
        raise NotFound
    if record.signed is not None:
        if record.anchor == asked.anchor:
            return record.signed
        raise Conflict(text("This pass is on another phone."))
    if not is_for(record, asked.claim):
        raise Conflict(text("This pass is on another phone."))
    return await _sign(session, keys, record, asked.anchor)


async def sign_printed(session: Session, keys: KeyStore, record: PassRecord) -> bytes:
    """Item 1 of a pass for paper, which is the whole pass."""
    return record.signed or await _sign(session, keys, record, None)


async def revoke(session: Session, subject: str) -> None:
    """End every pass of `subject` for good."""
    for record in await repository.of_subjects(session, [subject]):
        if record.is_live:
            await _set_status(session, record, CredentialStatus.REVOKED)


async def suspend(session: Session, subject: str) -> None:
    """Stop the pass of `subject`; `resume` brings it back as it was, on the same phone."""
    for record in await repository.of_subjects(session, [subject]):
        if record.is_live:
            await _set_status(session, record, CredentialStatus.DISABLED)


async def resume(session: Session, subject: str) -> None:
    """Take back `suspend`."""
    for record in await repository.of_subjects(session, [subject]):
        if record.status is CredentialStatus.DISABLED:
            await _set_status(session, record, CredentialStatus.ENABLED)


async def end_earlier(session: Session, subject: str, valid_until_s: int) -> None:
    """Let the pass of `subject` end at `valid_until_s`; the gates go by the earlier end."""
    for record in await repository.of_subjects(session, [subject]):
        if record.is_live:
            await repository.set_end(session, record.pass_id, valid_until_s)
            await _tell_gates(session, record.pass_id)


async def live_pass(session: Session, subject: str) -> PassRecord | None:
    """The pass of `subject` that is not revoked, if there is one."""
    records = await repository.of_subjects(session, [subject])
    return next((record for record in records if record.is_live), None)


async def live_passes(session: Session, subjects: Sequence[str]) -> dict[str, PassRecord]:
    """The same for many subjects at once; those without a live pass are left out."""
    records = await repository.of_subjects(session, subjects)
    return {record.order.subject: record for record in reversed(records) if record.is_live}


async def passes_made(session: Session, subject: str) -> list[PassRecord]:
    """Every pass ever made for `subject`, newest first."""
    return await repository.of_subjects(session, [subject])


async def find_by_short_code(session: Session, typed: str) -> str | None:
    """The subject of the pass with the code a person typed, however they typed it."""
    code = short_code.normalise(typed)
    return None if code is None else await repository.subject_of_short_code(session, code)


async def credentials(session: Session, pass_ids: Sequence[PassId]) -> list[Credential]:
    """These passes as an edge is told of them; whether a holder is blocked is not known here."""
    return [_credential(record) for record in await repository.by_ids(session, pass_ids)]


async def current_credentials(session: Session, now_s: int) -> list[Credential]:
    """Every pass that an edge must know at `now_s`, revoked ones included."""
    return [_credential(record) for record in await repository.not_over(session, now_s)]


async def passes_of_holder(session: Session, holder_id: HolderId) -> list[PassId]:
    """The ids of every pass a holder has had."""
    return [record.pass_id for record in await repository.of_holder(session, holder_id)]


def _credential(record: PassRecord) -> Credential:
    order = record.order
    return Credential(
        pass_id=record.pass_id,
        holder_id=order.holder_id,
        status=record.status,
        valid_from_s=order.valid_from_s,
        valid_until_s=order.valid_until_s,
        access_levels=order.access_levels,
    )


async def _sign(
    session: Session, keys: KeyStore, record: PassRecord, anchor: bytes | None
) -> bytes:
    order = record.order
    claims = PassClaims(
        pass_id=record.pass_id,
        not_before_s=order.valid_from_s,
        validity_min=-(-(order.valid_until_s - order.valid_from_s) // 60),
        type=PassType(order.pass_type),
        zones=order.zones,
        uses=order.uses,
        anchor=anchor,
    )
    signed = sign(claims, keys.issuer.current, keys.issuer.signing)
    await repository.set_signed(session, record.pass_id, anchor, signed)
    return signed


async def _set_status(session: Session, record: PassRecord, status: CredentialStatus) -> None:
    await repository.set_status(session, [record.pass_id], status)
    await _tell_gates(session, record.pass_id)


async def _tell_gates(session: Session, pass_id: PassId) -> None:
    await note_change(session, ChangeKind.CREDENTIAL, pass_id.hex())


async def _free_short_code(session: Session) -> str:
    while True:
        code = short_code.make(secrets.randbelow(short_code.COUNT))
        if await repository.subject_of_short_code(session, code) is None:
            return code
