"""People: search, add, one person, block and unblock."""

from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from access_core.ids import AccessLevelId
from access_core.model.holder import HolderKind
from central_server.access_levels import service as access_levels
from central_server.access_levels.schemas import LevelView
from central_server.cards import service as cards
from central_server.cards.schemas import Card
from central_server.holders import service
from central_server.holders.schemas import BlockForm, HolderView, LevelsForm, NewHolderForm
from central_server.kit.centre import ByOf, Centre, CentreOf, Reading, Writing
from central_server.kit.database import Session
from central_server.kit.forms import Form, read_form
from central_server.kit.guards import requires
from central_server.kit.i18n import Text, text
from central_server.kit.permissions import Permission

router = APIRouter()

KIND_NAMES: Final[dict[HolderKind, Text]] = {
    HolderKind.STAFF: text("Staff"),
    HolderKind.STUDENT: text("Student"),
    HolderKind.VISITOR: text("Visitor"),
    HolderKind.CONTRACTOR: text("Contractor"),
}


@dataclass(frozen=True, slots=True)
class HoldersModel:
    """One page of people."""

    holders: tuple[HolderView, ...]
    kind_names: dict[HolderKind, Text]
    name: str
    kind: str
    next_after: int | None


@dataclass(frozen=True, slots=True)
class NewHolderModel:
    """The form that adds a person."""

    form: Form[NewHolderForm]
    kind_names: dict[HolderKind, Text]


@dataclass(frozen=True, slots=True)
class HolderModel:
    """One person."""

    holder: HolderView
    kind_name: Text
    form: Form[BlockForm]
    cards: tuple[Card, ...]
    levels: tuple[LevelView, ...]
    """Every access level there is."""
    is_revealed: bool = False


@router.get("/holders", dependencies=[requires(Permission.VIEW_HOLDERS)])
async def list_holders(  # noqa: PLR0913, PLR0917 - FastAPI hands all of them over by name
    request: Request,
    centre: CentreOf,
    session: Reading,
    by: ByOf,
    name: str = "",
    kind: str = "",
    after: int = 0,
) -> Response:
    """People by the beginning of their name; who saw the list is recorded."""
    wanted = HolderKind(kind) if kind in set(HolderKind) else None
    found = await service.search(session, name_begins=name[:60].strip(), kind=wanted, after=after)
    if found:
        await centre.viewings.note(centre.database, service.list_looked_at(by, len(found)))
    next_after = found[-1].number if len(found) == service.PAGE_SIZE else None
    model = HoldersModel(found, KIND_NAMES, name[:60], wanted or "", next_after)
    return centre.pages.render(request, "holders/list.html", model)


@router.get("/holders/new", dependencies=[requires(Permission.MANAGE_HOLDERS)])
async def new_holder_page(request: Request, centre: CentreOf) -> Response:
    """The form that adds a person."""
    return centre.pages.render(request, "holders/new.html", NewHolderModel(Form(), KIND_NAMES))


@router.post("/holders/new", dependencies=[requires(Permission.MANAGE_HOLDERS)])
async def add_holder(request: Request, centre: CentreOf, session: Writing, by: ByOf) -> Response:
    """Add a person and go to them."""
    form = await read_form(request, NewHolderForm)
    if form.value is None:
        model = NewHolderModel(form, KIND_NAMES)
        return centre.pages.render(request, "holders/new.html", model, 422)
    number = service.number_of(await service.add_holder(session, form.value, by))
    return RedirectResponse(f"/holders/{number}", status_code=303)


@router.get("/holders/{number}", dependencies=[requires(Permission.VIEW_HOLDERS)])
async def show_holder(
    request: Request, number: int, centre: CentreOf, session: Reading
) -> Response:
    """One person, name masked."""
    return await _person(request, centre, session, number, Form())


@router.post("/holders/{number}/reveal", dependencies=[requires(Permission.REVEAL_PERSON)])
async def reveal_holder(
    request: Request, number: int, centre: CentreOf, session: Writing, by: ByOf
) -> Response:
    """One person with their name, for a reason that is recorded."""
    form = await read_form(request, BlockForm)
    if form.value is None:
        return await _person(request, centre, session, number, form)
    holder = await service.reveal_holder(session, number, form.value.reason, by)
    return await _render(request, centre, session, holder, Form(), is_revealed=True)


@router.post("/holders/{number}/block", dependencies=[requires(Permission.BLOCK_HOLDERS)])
async def block(
    request: Request, number: int, centre: CentreOf, session: Writing, by: ByOf
) -> Response:
    """Refuse this person at every gate from now on."""
    return await _set_blocked(request, number, centre, session, by)


@router.post("/holders/{number}/unblock", dependencies=[requires(Permission.BLOCK_HOLDERS)])
async def unblock(
    request: Request, number: int, centre: CentreOf, session: Writing, by: ByOf
) -> Response:
    """Take this person off the block list."""
    return await _set_blocked(request, number, centre, session, by)


@router.post("/holders/{number}/levels", dependencies=[requires(Permission.MANAGE_HOLDERS)])
async def set_levels(
    request: Request, number: int, centre: CentreOf, session: Writing, by: ByOf
) -> Response:
    """Change what every card of this person may do."""
    form = await read_form(request, LevelsForm)
    if form.value is None:
        return await _person(request, centre, session, number, Form())
    levels = [AccessLevelId(level) for level in form.value.levels]
    await service.set_levels(session, number, levels, by)
    return RedirectResponse(f"/holders/{number}", status_code=303)


async def _set_blocked(
    request: Request, number: int, centre: CentreOf, session: Writing, by: ByOf
) -> Response:
    form = await read_form(request, BlockForm)
    if form.value is None:
        return await _person(request, centre, session, number, form)
    is_blocked = request.url.path.endswith("/block")
    await service.set_blocked(session, number, form.value.reason, by, is_blocked=is_blocked)
    return RedirectResponse(f"/holders/{number}", status_code=303)


async def _person(
    request: Request, centre: Centre, session: Session, number: int, form: Form[BlockForm]
) -> Response:
    """One person, name masked, with the form as it came in."""
    holder = await service.get_holder(session, number)
    return await _render(request, centre, session, holder, form)


async def _render(
    request: Request,
    centre: Centre,
    session: Session,
    holder: HolderView,
    form: Form[BlockForm],
    *,
    is_revealed: bool = False,
) -> Response:
    model = HolderModel(
        holder,
        KIND_NAMES[holder.kind],
        form,
        await cards.cards_of(session, holder.number),
        await access_levels.list_levels(session),
        is_revealed=is_revealed,
    )
    return centre.pages.render(request, "holders/holder.html", model, 422 if form.errors else 200)
