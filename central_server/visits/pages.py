"""The visitor's pages: booking, and the one link that is status first and pass later."""

import asyncio
import secrets
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import msgspec
from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from access_core.clock import Instant
from access_core.passes import short_code
from access_core.passes.pass_token import PassType
from central_server.kit.centre import Centre, CentreOf, Reading, Writing, source_of
from central_server.kit.database import Session
from central_server.kit.errors import Invalid, NotFound, TooMany
from central_server.kit.forms import CHECKED_FIELD, switches_language
from central_server.kit.guards import public, signed
from central_server.kit.i18n import Text, text
from central_server.kit.signals import wait_for_signal
from central_server.passes import service as passes
from central_server.passes.schemas import MAX_ANCHOR_BODY, AnchorAnswer, AnchorRequest, PassRecord
from central_server.visits import service
from central_server.visits.gates import VisitorGate, visitor_gates
from central_server.visits.records import Visit
from central_server.visits.rules import BookingRules, VisitState, may_undo, opening_hours
from central_server.visits.schemas import (
    CONSENT_VERSION,
    FIELDS,
    Booking,
    BookingFlaws,
    read_booking,
    typed,
)
from central_server.visits.site_rules import site_rules
from central_server.visits.texts import PURPOSES, say_flaw
from central_server.visits.views import (
    CLOSED_WORDS,
    Audience,
    Filled,
    PassData,
    VisitFacts,
    visit_facts,
)

router = APIRouter()
_WITHOUT_ACCOUNT: Final = "visitors have no account"
_BY_LINK: Final = "by knowing the visit's unguessable link; no cookie has a say"
_KEY_BYTES: Final = 24
_WAIT_S: Final = 20.0
"""How long a page's question waits for news; proxies cut connections silent for a minute."""
_LOOK_AGAIN_S: Final = 1.5
"""Time alone, or another process of the centre, may have changed the visit meanwhile."""
_STAY_S: Final = 2 * 3600
_QUARTER_S: Final = 15 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class BookModel:
    """The booking form."""

    form: Filled
    gates: tuple[tuple[str, str], ...]
    purposes: tuple[tuple[str, str], ...]
    companions: tuple[tuple[str, str], ...]
    key: str
    hours: str
    """Empty if visitors may come at any hour."""
    consent_version: str = CONSENT_VERSION

    @property
    def has_more(self) -> bool:
        """Whether the folded part of the form must be seen."""
        names = ("companions", "plate", "note")
        is_filled = any(self.form.typed[name] not in {"", "0"} for name in names)
        return is_filled or any(name in self.form.errors for name in names)


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitModel:
    """The page behind a visit's link."""

    token: str
    state: VisitState
    version: int
    visit: VisitFacts
    decide_by: str
    reason: str
    can_cancel: bool
    can_undo: bool
    pass_data: PassData | None
    entries_left: int
    closed_words: dict[VisitState, Text] = field(default_factory=lambda: CLOSED_WORDS)


@router.get("/visit", dependencies=[public(_WITHOUT_ACCOUNT)])
async def booking_page(request: Request, centre: CentreOf, session: Reading) -> Response:
    """The empty booking form, with the next hours filled in."""
    audience = _audience(request, centre)
    now_s = centre.clock.now().wall_s
    starts = audience.local(now_s - now_s % _QUARTER_S)
    ends = audience.local(now_s - now_s % _QUARTER_S + _STAY_S)
    preset = dict.fromkeys(FIELDS, "") | {
        "day": f"{starts:%Y-%m-%d}",
        "from": f"{starts:%H:%M}",
        "until": f"{ends:%H:%M}",
        "companions": "0",
    }
    return (await _booking(request, centre, session)).show(Filled(preset))


@router.post("/visit", dependencies=[public(_WITHOUT_ACCOUNT)])
async def book(request: Request, centre: CentreOf, session: Writing) -> Response:
    """Take the booking and go to its page; or the form again, with everything typed."""
    now = centre.clock.now()
    form = dict(await request.form())
    await request.close()  # whatever files were sent
    booking = await _booking(request, centre, session)
    if switches_language(request, form):
        return booking.show(Filled(typed(form), booking.errors(form, now)))
    try:
        centre.limits.booking.spend(source_of(request), now)
    except TooMany as error:
        response = booking.show(Filled(typed(form), {"send": error.text}), error.status)
        response.headers["retry-after"] = str(error.retry_after_s)
        return response
    read = booking.read(form)
    if isinstance(read, Booking):
        language = centre.pages.language_of(request)
        taken = await service.book(session, read, booking.site, language, now)
        if isinstance(taken, service.Booked):
            return RedirectResponse(f"/visit/{taken.token}", status_code=303)
        read = taken
    return booking.show(Filled(typed(form), _said(read)), 422)


@router.get("/visit/worker.js", dependencies=[public("a script of the pass page")])
async def worker(request: Request, centre: CentreOf) -> Response:
    """The script that keeps the pass without a network; it must lie above the pages it serves."""
    static = centre.pages.static
    encodings = request.headers.get("accept-encoding", "")
    response = static.respond(static.version, "visitor/worker.js", encodings)
    response.headers["cache-control"] = "no-cache"
    return response


@router.get("/visit/{token}", dependencies=[public(_WITHOUT_ACCOUNT)])
async def visit_page(
    request: Request, centre: CentreOf, session: Reading, token: str, claim: str = ""
) -> Response:
    """Where the visit stands; the pass once it is approved."""
    visit = await service.by_link(session, token)
    now = centre.clock.now()
    record = await service.live_pass(session, visit)
    gates = await visitor_gates(session)
    left = await service.entries_left(session, visit)
    rules = site_rules(centre.settings.visits)
    page = _VisitPage(token, visit, record, left, claim, rules)
    model = _visit_model(page, _audience(request, centre), gates, now)
    return centre.pages.render(request, "visits/visit.html", model)


@router.get("/visit/{token}/state", dependencies=[public(_WITHOUT_ACCOUNT)])
async def visit_state(centre: CentreOf, token: str, seen: int | None = None) -> Response:
    """For the page's script: the visit's version, and the right time.

    Asked with the version that was `seen`, it answers when there is another, after a while, or when
    the server stops.
    """
    async with centre.database.reading() as session:
        visit = await service.by_link(session, token)
    loop = asyncio.get_running_loop()
    deadline = loop.time() + _WAIT_S
    signals = centre.database.signals
    with signals.watch(visit.subject) as event:
        while True:
            async with centre.database.reading() as session:
                visit = await service.by_link(session, token)
            now = centre.clock.now()
            version = _shown_version(visit, now)
            if version != seen or loop.time() >= deadline or signals.is_over:
                break
            await wait_for_signal(event, _LOOK_AGAIN_S)
    answer = {"version": version, "now_ms": now.wall_ms}
    return JSONResponse(answer, headers={"cache-control": "no-store"})


@router.post("/visit/{token}/anchor", dependencies=[signed(_BY_LINK)])
async def sign_anchor(request: Request, centre: CentreOf, session: Writing, token: str) -> Response:
    """The phone has made its chain: the signed part of its pass."""
    visit = await service.by_link(session, token)
    body = await request.body()
    try:
        asked = msgspec.json.decode(body[: MAX_ANCHOR_BODY + 1], type=AnchorRequest)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Invalid(text("Part of the address or of what was sent cannot be read.")) from error
    record = await service.live_pass(session, visit)
    if record is None or record.pass_id != asked.pass_id:
        raise NotFound
    item = await passes.sign_with_anchor(session, centre.keys, asked)
    return Response(msgspec.json.encode(AnchorAnswer(item)), media_type="application/json")


@router.post("/visit/{token}/cancel", dependencies=[public(_WITHOUT_ACCOUNT)])
async def cancel(centre: CentreOf, session: Writing, token: str) -> Response:
    """The visitor does not come."""
    visit = await service.by_link(session, token)
    await service.cancel(session, visit, centre.clock.now())
    return RedirectResponse(f"/visit/{token}", status_code=303)


@router.post("/visit/{token}/undo", dependencies=[public(_WITHOUT_ACCOUNT)])
async def undo_cancel(centre: CentreOf, session: Writing, token: str) -> Response:
    """The visitor comes after all."""
    visit = await service.by_link(session, token)
    rules = site_rules(centre.settings.visits)
    await service.undo_cancel(session, visit, rules, centre.clock.now())
    return RedirectResponse(f"/visit/{token}", status_code=303)


@router.post("/visit/{token}/move", dependencies=[public(_WITHOUT_ACCOUNT)])
async def move_pass(centre: CentreOf, session: Writing, token: str) -> Response:
    """Use the phone that asks; the pass on the other one ends."""
    visit = await service.by_link(session, token)
    claim = await service.move_pass(session, visit, centre.clock.now())
    return RedirectResponse(f"/visit/{token}?claim={claim}", status_code=303)


def _audience(request: Request, centre: Centre) -> Audience:
    return Audience(words=centre.pages.words_of(request), zone=centre.settings.site.zone)


@dataclass(frozen=True, slots=True)
class _Booking:
    """The booking page for one request."""

    request: Request
    centre: Centre
    gates: tuple[VisitorGate, ...]
    site: service.Site

    def read(self, form: Mapping[str, object]) -> Booking | BookingFlaws:
        """What was posted."""
        gate_ids = frozenset(gate.gate_id for gate in self.gates)
        return read_booking(form, gate_ids, self.site.rules.most_companions)

    def errors(self, form: Mapping[str, object], now: Instant) -> dict[str, Text]:
        """What is wrong with a form, if it was shown with errors before."""
        if CHECKED_FIELD not in form:
            return {}
        read = self.read(form)
        return _said(service.flaws(read, self.site, now) if isinstance(read, Booking) else read)

    def show(self, form: Filled, status: int = 200) -> Response:
        """The page with this form."""
        words, rules = _audience(self.request, self.centre).words, self.site.rules
        model = BookModel(
            form=form,
            gates=tuple((gate.gate_id, gate.name(words.language)) for gate in self.gates),
            purposes=tuple((purpose.value, words.say(said)) for purpose, said in PURPOSES.items()),
            companions=tuple((str(n), str(n)) for n in range(rules.most_companions + 1)),
            # A form that is shown again keeps its key only if it was a good one.
            key=form.typed["key"] if _keeps_key(form) else secrets.token_urlsafe(_KEY_BYTES),
            hours="" if rules.is_always_open else opening_hours(rules),
        )
        return self.centre.pages.render(self.request, "visits/book.html", model, status)


async def _booking(request: Request, centre: Centre, session: Session) -> _Booking:
    site = service.Site(zone=centre.settings.site.zone, rules=site_rules(centre.settings.visits))
    return _Booking(request, centre, await visitor_gates(session), site)


def _said(flaws: BookingFlaws) -> dict[str, Text]:
    """What is wrong with each field, in the order of the form."""
    found = {flaw.field: say_flaw(flaw) for flaw in flaws.flaws}
    return {name: found[name] for name in FIELDS if name in found}


def _keeps_key(form: Filled) -> bool:
    return bool(form.typed["key"]) and "key" not in form.errors


def _shown_version(visit: Visit, now: Instant) -> int:
    """Changes with the visit, and when time alone makes another page of it."""
    return visit.version * 2 + (visit.state_at(now.wall_s) is not visit.state)


@dataclass(frozen=True, slots=True)
class _VisitPage:
    """What the database says about the page behind a link."""

    token: str
    visit: Visit
    record: PassRecord | None
    entries_left: int
    claim: str
    rules: BookingRules


def _visit_model(
    page: _VisitPage, audience: Audience, gates: tuple[VisitorGate, ...], now: Instant
) -> VisitModel:
    visit = page.visit
    state = visit.state_at(now.wall_s)
    is_fresh = may_undo(visit.changed_ms // 1000, now.wall_s, page.rules)
    is_approved = state is VisitState.APPROVED
    return VisitModel(
        token=page.token,
        state=state,
        version=_shown_version(visit, now),
        visit=visit_facts(visit, audience, gates),
        decide_by=audience.moment(visit.decide_by_s),
        reason=visit.reason,
        can_cancel=state in {VisitState.WAITING, VisitState.APPROVED},
        can_undo=state is VisitState.CANCELLED and is_fresh,
        pass_data=_pass_data(page.record, page.claim) if is_approved and page.record else None,
        entries_left=page.entries_left,
    )


def _pass_data(record: PassRecord, claim: str) -> PassData:
    order = record.order
    return PassData(
        pass_id=b64encode(record.pass_id).decode(),
        not_before_s=order.valid_from_s,
        not_after_s=order.valid_until_s,
        anchor=b64encode(record.anchor or b"").decode(),
        signed=b64encode(record.signed or b"").decode(),
        short_code=short_code.grouped(record.short_code or ""),
        is_printed=order.pass_type is PassType.PRINTED,
        is_for_another=record.signed is None and not passes.is_for(record, claim),
    )
