"""Issue a card from what was typed; import a file of cards in the background."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from pydantic_core import PydanticCustomError

from access_core.clock import Clock
from access_core.ids import PassId
from central_server.access_log import service as access_log
from central_server.card_issuing import repository
from central_server.card_issuing.schemas import (
    CardForm,
    ImportLine,
    ImportState,
    Problem,
    ReadFile,
    TermForm,
)
from central_server.cards import service as cards
from central_server.cards.card_numbers import CardNumber, read_number
from central_server.cards.schemas import Card, CardTerm, NewCard
from central_server.holders import service as holders
from central_server.kit.audit import Action, By, record
from central_server.kit.database import Database, Session
from central_server.kit.errors import Invalid, NotFound
from central_server.kit.i18n import Text, text

STOPPED_AFTER_MS: Final = 60_000
"""An import that has not moved for so long has lost its process."""
_SHOWN_PROBLEMS: Final = 200
_AT_ONCE: Final = 500
"""Lines in one transaction: gates' events wait no longer than for these."""
_LATELY_MS: Final = 24 * 3_600_000


class NumberRefused(Invalid):
    """What was typed is no card's number; the words stand beside the field."""


def term_of(form: TermForm, zone: ZoneInfo) -> CardTerm:
    """From the first moment of the first day to the last of the last, local."""
    return CardTerm(
        valid_from_s=_midnight_s(form.valid_from, zone),
        valid_until_s=_midnight_s(form.valid_until + timedelta(days=1), zone),
    )


def days_of(term: CardTerm, zone: ZoneInfo) -> tuple[date, date]:
    """The first and the last day of a term."""
    first = datetime.fromtimestamp(term.valid_from_s, UTC).astimezone(zone)
    last = datetime.fromtimestamp(term.valid_until_s - 1, UTC).astimezone(zone)
    return first.date(), last.date()


async def issue(session: Session, holder: int, form: CardForm, zone: ZoneInfo, by: By) -> Card:
    """The card that was typed, for this person; in place of a lost one if the form says so.

    Raises:
        NumberRefused: it is no number, or stands for several and no gate has seen the card.
        Conflict: somebody has this card.
        NotFound: there is no such person, or the lost card is not theirs.
    """
    await holders.get_holder(session, holder)
    number = _read(form)
    card = NewCard(
        pass_id=await _pass_id(session, number, by.now_ms),
        holder=holder,
        card_format=number.card_format,
        ending=number.ending,
        term=term_of(form, zone),
    )
    if form.replaces == 0:
        return await cards.issue(session, card, by)
    lost = await cards.get_card(session, holder, form.replaces)
    reason = f"lost, replaced by {number.card_format} …{number.ending}"
    return await cards.replace(session, lost, card, reason, by)


async def begin_import(session: Session, file_name: str, read: ReadFile, by: By) -> ImportState:
    """Note that a file is being imported; `run_import` does it."""
    total = len(read.lines) + len(read.problems)
    state = ImportState(
        import_id=0,
        file_name=file_name[:100],
        started_ms=by.now_ms,
        moved_ms=by.now_ms,
        total=total,
        done=len(read.problems),
        issued=0,
        known=0,
        refused=len(read.problems),
        problems=read.problems[:_SHOWN_PROBLEMS],
    )
    number = await repository.add(session, by.operator_id, state)
    detail = f"{file_name[:100]}: {total} lines"
    await record(session, by.did(Action.CARDS_IMPORTED, f"card_import:{number}", detail))
    return replace(state, import_id=number)


async def run_import(
    database: Database, clock: Clock, state: ImportState, read: ReadFile, term: CardTerm
) -> None:
    """Issue what is new, some hundred lines in a transaction; each moves the state on."""
    for start in range(0, len(read.lines), _AT_ONCE):
        some = read.lines[start : start + _AT_ONCE]
        async with database.writing() as session:
            now_ms = clock.now().wall_ms
            new, problems = await _sorted_out(session, some, term)
            await cards.issue_all(session, new, now_ms)
            state = replace(
                state,
                moved_ms=now_ms,
                done=state.done + len(some),
                issued=state.issued + len(new),
                known=state.known + len(some) - len(new) - len(problems),
                refused=state.refused + len(problems),
                problems=_first(state.problems, problems),
            )
            await repository.update_state(session, state)


async def get_import(session: Session, import_id: int) -> ImportState:
    """How far an import has come; NotFound if there is none."""
    state = await repository.get(session, import_id)
    if state is None:
        raise NotFound
    return state


async def _sorted_out(
    session: Session, lines: Sequence[ImportLine], term: CardTerm
) -> tuple[list[NewCard], list[Problem]]:
    """What is to be issued, and what cannot be; the others have their card already."""
    people = await holders.names_of(session, {line.holder for line in lines})
    issued = await cards.cards(session, [line.card.pass_ids[0] for line in lines])
    has: dict[PassId, int] = {card.pass_id: card.holder for card in issued}
    is_there = set(has)
    new: list[NewCard] = []
    problems: list[Problem] = []
    for line in lines:
        pass_id, holder = line.card.pass_ids[0], line.holder
        if holder not in people:
            problems.append(Problem(line.line, text("There is no person %(n)s.", n=holder)))
        elif has.setdefault(pass_id, holder) != holder:
            said = text("Person %(number)s has this card already.", number=has[pass_id])
            problems.append(Problem(line.line, said))
        elif pass_id not in is_there:
            is_there.add(pass_id)
            new.append(
                NewCard(
                    pass_id=pass_id,
                    holder=holder,
                    card_format=line.card.card_format,
                    ending=line.card.ending,
                    term=term,
                )
            )
    return new, problems


def _first(before: tuple[Problem, ...], more: list[Problem]) -> tuple[Problem, ...]:
    in_order = sorted((*before, *more), key=lambda problem: problem.line)
    return tuple(in_order[:_SHOWN_PROBLEMS])


def _read(form: CardForm) -> CardNumber:
    try:
        return read_number(form.notation, form.number)
    except PydanticCustomError as error:
        context = error.context or {}
        raise NumberRefused(Text(str(context["message"]), context["values"])) from error


async def _pass_id(session: Session, number: CardNumber, now_ms: int) -> PassId:
    """The one id of the card; where several are possible, the one that a gate refused lately."""
    if len(number.pass_ids) == 1:
        return number.pass_ids[0]
    since_ms = now_ms - _LATELY_MS
    seen = await access_log.unknown_passes(session, number.pass_ids, since_ms)
    if len(seen) != 1:
        said = text(
            "The number printed on a tag leaves out a byte. Hold the tag to any gate's reader and "
            "save again; or write the byte first, as in 2B 0012345678."
        )
        raise NumberRefused(said)
    return next(iter(seen))


def _midnight_s(day: date, zone: ZoneInfo) -> int:
    return int(datetime.combine(day, time(), zone).timestamp())
