"""What the pages of visits show: view models, made of records and words."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from access_core.passes import short_code
from central_server.holders.schemas import masked
from central_server.kit.i18n import Catalogue, Text, text
from central_server.passes.schemas import PassRecord
from central_server.visits.gates import VisitorGate
from central_server.visits.masking import masked_email, masked_phone, masked_plate
from central_server.visits.records import Visit
from central_server.visits.rules import VisitState
from central_server.visits.texts import PURPOSES, STATES


@dataclass(frozen=True, slots=True)
class Filled:
    """A form as it is shown: what was typed, and what is wrong with it."""

    typed: dict[str, str]
    errors: dict[str, Text] = field(default_factory=dict[str, Text])


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """For whom a page is written."""

    words: Catalogue
    zone: ZoneInfo

    def span(self, starts_s: int, ends_s: int) -> str:
        """A window in local words: the day once if it begins and ends on the same."""
        starts, ends = self.local(starts_s), self.local(ends_s)
        if starts.date() == ends.date():
            return f"{self.moment(starts_s)}–{ends:%H:%M}"
        return f"{self.moment(starts_s)} – {self.moment(ends_s)}"

    def moment(self, at_s: int) -> str:
        """A day and a time in local words."""
        day = self.words.moment(at_s * 1000, self.zone, _day_pattern(self.words))
        return f"{day} {self.local(at_s):%H:%M}"

    def local(self, at_s: int) -> datetime:
        """The site's local time."""
        return datetime.fromtimestamp(at_s, UTC).astimezone(self.zone)

    def gate(self, gates: tuple[VisitorGate, ...], gate_id: str) -> str:
        """What a gate is called; its id if it is gone."""
        for gate in gates:
            if gate.gate_id == gate_id:
                return gate.name(self.words.language)
        return gate_id


_DAY_PATTERN: Final = text("EEE d MMM y")
"""A day as Babel writes it; each language has its own order."""


def _day_pattern(words: Catalogue) -> str:
    return words.say(_DAY_PATTERN)


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitFacts:
    """What a visitor reads about their own visit."""

    gate: str
    time: str
    host: str
    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PassData:
    """What the pass page's script is told. Bytes as base64, times in seconds since 1970 UTC."""

    pass_id: str
    not_before_s: int
    not_after_s: int
    anchor: str
    signed: str
    short_code: str
    is_printed: bool
    is_for_another: bool
    """Another phone has asked for it and has not finished yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitLine:
    """A visit on the list of a host or the desk; personal data masked."""

    visit_id: int
    name: str
    contact: str
    plate: str
    time: str
    gate: str
    purpose: Text
    people: int
    state: VisitState
    state_words: Text
    decide_by: str
    short_code: str
    host: str
    is_for_desk: bool


def visit_facts(visit: Visit, audience: Audience, gates: tuple[VisitorGate, ...]) -> VisitFacts:
    """A visitor's own visit."""
    host = f"{visit.host_name} · {visit.host_department}".removesuffix(" · ")
    return VisitFacts(
        gate=audience.gate(gates, visit.gate_id),
        time=audience.span(visit.starts_s, visit.ends_s),
        host=host,
        people=visit.entries,
    )


def visit_line(
    visit: Visit,
    record: PassRecord | None,
    audience: Audience,
    gates: tuple[VisitorGate, ...],
    now_s: int,
    *,
    is_name_shown: bool,
) -> VisitLine:
    """A visit for operators. A host sees the name of who comes; the desk's list is masked."""
    state = visit.state_at(now_s)
    code = record.short_code if record is not None else None
    return VisitLine(
        visit_id=visit.visit_id,
        name=visit.name if is_name_shown else masked(visit.name),
        contact=masked_phone(visit.phone) or masked_email(visit.email),
        plate=masked_plate(visit.plate),
        time=audience.span(visit.starts_s, visit.ends_s),
        gate=audience.gate(gates, visit.gate_id),
        purpose=PURPOSES[visit.purpose],
        people=visit.entries,
        state=state,
        state_words=STATES[state],
        decide_by=audience.moment(visit.decide_by_s),
        short_code=short_code.grouped(code) if code else "",
        host=f"{visit.host_name} · {visit.host_department}".removesuffix(" · "),
        is_for_desk=visit.host_id is None,
    )


CLOSED_WORDS: Final[dict[VisitState, Text]] = {
    VisitState.DECLINED: text("Your visit was declined"),
    VisitState.CANCELLED: text("You have cancelled this visit"),
    VisitState.WITHDRAWN: text("The approval was withdrawn"),
    VisitState.LAPSED: text("Nobody answered in time"),
    VisitState.OVER: text("This visit is over"),
}
"""The head of the status page where there is neither pass nor question."""
