"""Book a visit, find it again, and what the visitor may do with it."""

from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from access_core.clock import Instant
from access_core.ids import GateId
from access_core.passes.pass_token import ROTATING
from central_server.access_log import service as access_log
from central_server.holders import service as holders
from central_server.kit.cookies import new_token
from central_server.kit.database import Session
from central_server.kit.errors import Conflict, NotFound
from central_server.kit.i18n import Language, text
from central_server.operators import service as operators
from central_server.passes import service as passes
from central_server.passes.schemas import PassRecord
from central_server.visits import repository
from central_server.visits.records import Visit, VisitQuery
from central_server.visits.rules import (
    Act,
    BookingRules,
    VisitState,
    check_window,
    decide_by,
    local_window,
    may_undo,
    next_state,
)
from central_server.visits.schemas import (
    CONSENT_VERSION,
    Booking,
    BookingFlaws,
    link_hash,
    link_token,
)

ALL_USED: Final = text("All entries of this visit are used. Call your host.")


@dataclass(frozen=True, slots=True)
class Booked:
    """A booking that was taken, now or by an earlier press."""

    token: str
    """The end of the visit's link; nowhere stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What the campus has settled for all visits."""

    zone: ZoneInfo
    rules: BookingRules


async def book(
    session: Session, booking: Booking, site: Site, language: Language, now: Instant
) -> Booked | BookingFlaws:
    """Take a booking, or say which field stands against it.

    The same form sent again finds the first booking. Whether the host exists is never told: a
    name that is not exactly one host's goes to the security desk.
    """
    token = link_token(booking)
    if await repository.by_link(session, link_hash(token)) is not None:
        return Booked(token)
    wrong = flaws(booking, site, now)
    if wrong.flaws:
        return wrong
    window = local_window(booking.day, booking.from_, booking.until, site.zone)
    visit = Visit(
        visit_id=0,
        state=VisitState.WAITING,
        before_cancel=None,
        booked_ms=now.wall_ms,
        changed_ms=now.wall_ms,
        version=1,
        starts_s=window.starts_s,
        ends_s=window.ends_s,
        decide_by_s=decide_by(now.wall_s, window, site.rules),
        gate_id=GateId(booking.gate_id),
        purpose=booking.purpose,
        name=booking.name,
        phone=booking.phone,
        email=booking.email,
        host_name=booking.host_name,
        host_department=booking.host_department,
        host_id=await _host_of(session, booking),
        companions=booking.companions,
        plate=booking.plate,
        note=booking.note,
        consent_version=CONSENT_VERSION,
        language=language.value,
        holder_id=None,
        reason="",
    )
    await repository.add(session, visit, link_hash(token))
    return Booked(token)


def flaws(booking: Booking, site: Site, now: Instant) -> BookingFlaws:
    """What stands against a booking; none if `book` would take it."""
    window = local_window(booking.day, booking.from_, booking.until, site.zone)
    flaw = check_window(window, booking.purpose, now.wall_s, site.zone, site.rules)
    return BookingFlaws(() if flaw is None else (flaw,))


async def _host_of(session: Session, booking: Booking) -> int | None:
    """The one host of that name; of several, the one whose department was named."""
    hosts = await operators.find_hosts(session, booking.host_name)
    if len(hosts) > 1:
        wanted = booking.host_department.casefold()
        hosts = tuple(host for host in hosts if host.department.casefold() == wanted)
    return hosts[0].operator_id if len(hosts) == 1 else None


async def by_link(session: Session, token: str) -> Visit:
    """The visit behind a link; NotFound for a wrong one, in the same words as for any address."""
    visit = await repository.by_link(session, link_hash(token))
    if visit is None:
        raise NotFound
    return visit


async def live_pass(session: Session, visit: Visit) -> PassRecord | None:
    """The pass of a visit, if it has one that is not revoked."""
    return await passes.live_pass(session, visit.subject)


async def entries_left(session: Session, visit: Visit) -> int:
    """How many may still come in, as far as the gates have told; never below 0."""
    number = holders.number_of(visit.holder_id) if visit.holder_id is not None else None
    taken = 0 if number is None else await access_log.entries_taken(session, number)
    return max(0, visit.entries - taken)


async def cancel(session: Session, visit: Visit, now: Instant) -> None:
    """The visitor does not come. A pass stops at once; `undo_cancel` brings it back."""
    if visit.state is VisitState.CANCELLED:
        return
    if next_state(visit.state_at(now.wall_s), Act.CANCEL) is None:
        raise Conflict(text("This visit can no longer be cancelled."))
    await passes.suspend(session, visit.subject)
    await repository.change(
        session,
        visit,
        now.wall_ms,
        state=VisitState.CANCELLED.value,
        before_cancel=visit.state.value,
    )


async def undo_cancel(session: Session, visit: Visit, rules: BookingRules, now: Instant) -> None:
    """The visitor comes after all; as long as the step may be undone."""
    if visit.state is not VisitState.CANCELLED or visit.before_cancel is None:
        return
    if not may_undo(visit.changed_ms // 1000, now.wall_s, rules):
        raise Conflict(text("It is too late to undo this. Please book again."))
    await passes.resume(session, visit.subject)
    await repository.change(
        session, visit, now.wall_ms, state=visit.before_cancel.value, before_cancel=None
    )


async def move_pass(session: Session, visit: Visit, now: Instant) -> str:
    """Make a new pass for the phone that asks; the pass on the other phone ends.

    Returns the claim, without which the other phone, still open, could be first to take it.
    """
    made = await passes.passes_made(session, visit.subject)
    live = next((record for record in made if record.is_live), None)
    if live is None or visit.state_at(now.wall_s) is not VisitState.APPROVED:
        raise Conflict(text("This visit has no pass now."))
    left = await entries_left(session, visit)
    if left == 0:
        raise Conflict(ALL_USED)
    # A pass on paper goes back to a phone as what it was before; entries do not grow by moving.
    for_phone = next(r.order for r in made if r.order.pass_type in ROTATING)
    order = replace(for_phone, valid_until_s=live.order.valid_until_s, uses=left)
    claim = new_token()
    await passes.issue(session, order, now, claim=claim)
    await repository.change(session, visit, now.wall_ms)
    return claim


async def search(session: Session, words: str, *, ends_after_s: int | None) -> list[Visit]:
    """Visits by short code, part of a name or plate, or the last four digits of a phone.

    With no words, all that end after `ends_after_s`.
    """
    subject = await passes.find_by_short_code(session, words)
    if subject is not None:
        visit_id = int(subject.removeprefix("visit:"))
        return await repository.find(session, VisitQuery(subject_id=visit_id))
    after_s = None if words else ends_after_s
    return await repository.find(session, VisitQuery(words=words, ends_after_s=after_s))


async def of_host(session: Session, host_id: int, *, ends_after_s: int) -> list[Visit]:
    """The visits one host decides about that end after `ends_after_s`."""
    return await repository.find(session, VisitQuery(host_id=host_id, ends_after_s=ends_after_s))


async def by_id(session: Session, visit_id: int) -> Visit:
    """The visit with this number; NotFound if there is none."""
    visit = await repository.by_id(session, visit_id)
    if visit is None:
        raise NotFound
    return visit
