"""What operators do with visits: a host with their own, the security desk with the others.

Each step is taken once however often it is pressed, and recorded with who took it. Silence never
approves: `rules.state_now` lets a visit lapse.
"""

from dataclasses import dataclass
from datetime import time
from typing import Final
from zoneinfo import ZoneInfo

from access_core.clock import Instant
from access_core.model.holder import HolderKind
from access_core.passes.pass_token import PassType
from central_server.holders import service as holders
from central_server.holders.schemas import NewHolderForm
from central_server.kit.audit import Action, AuditEntry, By, record
from central_server.kit.database import Session
from central_server.kit.errors import Conflict, NotFound
from central_server.kit.i18n import Text, text
from central_server.kit.keys import KeyStore
from central_server.passes import service as passes
from central_server.passes.schemas import PassOrder
from central_server.visits import repository
from central_server.visits.gates import visitor_gate
from central_server.visits.records import Visit, Whose
from central_server.visits.rules import (
    Act,
    BookingRules,
    Purpose,
    VisitState,
    decide_by,
    may_undo,
    next_state,
    shortened,
)
from central_server.visits.service import ALL_USED, entries_left

TOO_LATE: Final = text("This can no longer be done: the visit has changed meanwhile.")
_KINDS: Final = {Purpose.WORKS: HolderKind.CONTRACTOR, Purpose.DELIVERY: HolderKind.CONTRACTOR}
"""Who is not simply a visitor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decider:
    """An operator at one of the two places where visits are decided."""

    operator_id: int
    whose: Whose
    by: By
    rules: BookingRules


async def open_visit(session: Session, visit_id: int, decider: Decider) -> Visit:
    """A visit this operator may see; NotFound for any other, as if it did not exist."""
    visit = await repository.by_id(session, visit_id)
    if visit is None or (decider.whose is Whose.HOST and visit.host_id != decider.operator_id):
        raise NotFound
    return visit


def may_decide(visit: Visit, decider: Decider) -> bool:
    """Whether this operator's word counts: the host's own, or the desk's where no host is known."""
    if decider.whose is Whose.HOST:
        return visit.host_id == decider.operator_id
    return visit.host_id is None


async def approve(session: Session, visit: Visit, decider: Decider, now: Instant) -> None:
    """Let the visitor come: makes the pass, which the gates know at once."""
    if visit.state is VisitState.APPROVED:
        return
    _check(visit, Act.APPROVE, decider, now)
    gate = await visitor_gate(session, visit.gate_id)
    if gate is None:
        raise Conflict(text("The gate of this visit no longer takes visitors."))
    kind = _KINDS.get(visit.purpose, HolderKind.VISITOR)
    holder_id = visit.holder_id
    if holder_id is None:
        person = NewHolderForm(kind=kind, full_name=visit.name)
        holder_id = await holders.add_holder(session, person, decider.by)
    order = PassOrder(
        subject=visit.subject,
        holder_id=holder_id,
        pass_type=(PassType.CONTRACTOR if kind is HolderKind.CONTRACTOR else PassType.VISITOR),
        valid_from_s=visit.starts_s,
        valid_until_s=visit.ends_s,
        access_levels=gate.access_levels,
        zones=gate.zones,
        uses=visit.entries,
    )
    await passes.issue(session, order, now)
    await record(session, decider.by.did(Action.PASS_ISSUED, visit.subject))
    await _step(session, visit, Act.APPROVE, decider, now, holder_id=holder_id, reason="")


async def decline(
    session: Session, visit: Visit, decider: Decider, reason: str, now: Instant
) -> None:
    """The visitor may not come; `reason` is shown to them."""
    if visit.state is VisitState.DECLINED:
        return
    _check(visit, Act.DECLINE, decider, now)
    await _step(session, visit, Act.DECLINE, decider, now, reason=reason)


async def withdraw(
    session: Session, visit: Visit, decider: Decider, reason: str, now: Instant
) -> None:
    """Take an approval back: the pass is revoked and the gates know at once; the way out stays."""
    if visit.state is VisitState.WITHDRAWN:
        return
    _check(visit, Act.WITHDRAW, decider, now)
    await _revoke(session, visit, decider)
    await _step(session, visit, Act.WITHDRAW, decider, now, reason=reason)


async def shorten(
    session: Session, visit: Visit, decider: Decider, until: time, zone: ZoneInfo, now: Instant
) -> Text | None:
    """Let the visit end earlier, at the local time `until`; else what is wrong with that time."""
    _check(visit, Act.SHORTEN, decider, now)
    window = shortened(visit.window, until, zone, now.wall_s)
    if window is None:
        return text("Choose a time after now and before the present end.")
    await passes.end_earlier(session, visit.subject, window.ends_s)
    await _step(session, visit, Act.SHORTEN, decider, now, ends_s=window.ends_s)
    return None


async def reroute(session: Session, visit: Visit, decider: Decider, now: Instant) -> None:
    """Not this host's visitor: the security desk finds out whose."""
    _check(visit, Act.REROUTE, decider, now)
    await _step(session, visit, Act.REROUTE, decider, now, host_id=None)


async def undo(session: Session, visit: Visit, decider: Decider, now: Instant) -> None:
    """Take back an approval or a refusal just made; the visit waits again, with time to answer."""
    if visit.state is VisitState.WAITING:
        return
    _check(visit, Act.UNDO, decider, now)
    if not may_undo(visit.changed_ms // 1000, now.wall_s, decider.rules):
        raise Conflict(TOO_LATE)
    await _revoke(session, visit, decider)
    by_s = decide_by(now.wall_s, visit.window, decider.rules)
    await _step(session, visit, Act.UNDO, decider, now, reason="", decide_by_s=by_s)


async def print_pass(
    session: Session, keys: KeyStore, visit: Visit, decider: Decider, now: Instant
) -> bytes:
    """Put the pass on paper: one entry, no rotation; the pass on a phone ends. Item 1 of it."""
    current = await passes.live_pass(session, visit.subject)
    if current is None or visit.state_at(now.wall_s) is not VisitState.APPROVED:
        raise Conflict(text("This visit has no pass now."))
    if current.order.pass_type is not PassType.PRINTED:
        if await entries_left(session, visit) == 0:
            raise Conflict(ALL_USED)
        order = PassOrder(
            subject=current.order.subject,
            holder_id=current.order.holder_id,
            pass_type=PassType.PRINTED,
            valid_from_s=current.order.valid_from_s,
            valid_until_s=current.order.valid_until_s,
            access_levels=current.order.access_levels,
            zones=current.order.zones,
            uses=1,
        )
        current = await passes.issue(session, order, now)
        await record(session, decider.by.did(Action.PASS_ISSUED, visit.subject, "on paper"))
        await repository.change(session, visit, now.wall_ms)
    return await passes.sign_printed(session, keys, current)


async def reveal(session: Session, visit: Visit, decider: Decider, reason: str) -> None:
    """Note that this operator has seen the personal data of a visit, and why."""
    await record(session, decider.by.did(Action.PERSON_REVEALED, visit.subject, reason))


async def note_searched(session: Session, decider: Decider, count: int) -> None:
    """Note that this operator has searched visits; the words are personal data and not kept."""
    await record(session, decider.by.did(Action.PERSONS_LISTED, "visits", f"found {count}"))


def list_looked_at(decider: Decider, count: int) -> AuditEntry:
    """That this operator has the list of their place before them, with `count` visits on it."""
    return decider.by.did(Action.PERSONS_LISTED, f"visits:{decider.whose}", f"{count} on the list")


def visit_looked_at(decider: Decider, visit: Visit) -> AuditEntry:
    """That this operator has a visit before them, contact masked."""
    return decider.by.did(Action.VISIT_VIEWED, visit.subject)


def _check(visit: Visit, act: Act, decider: Decider, now: Instant) -> None:
    if not may_decide(visit, decider) or next_state(visit.state_at(now.wall_s), act) is None:
        raise Conflict(TOO_LATE)


async def _step(
    session: Session,
    visit: Visit,
    act: Act,
    decider: Decider,
    now: Instant,
    **columns: str | int | None,
) -> None:
    state = next_state(visit.state_at(now.wall_s), act)
    assert state is not None  # noqa: S101 - _check has seen to it
    await repository.change(session, visit, now.wall_ms, state=state.value, **columns)
    await record(session, decider.by.did(Action.VISIT_DECIDED, visit.subject, act.value))


async def _revoke(session: Session, visit: Visit, decider: Decider) -> None:
    if await passes.live_pass(session, visit.subject) is not None:
        await passes.revoke(session, visit.subject)
        await record(session, decider.by.did(Action.PASS_REVOKED, visit.subject))
