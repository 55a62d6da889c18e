"""Many cards from a file: choose it, then watch it go."""

from dataclasses import dataclass
from datetime import date

from fastapi import APIRouter, Request
from starlette.background import BackgroundTask
from starlette.datastructures import UploadFile
from starlette.responses import RedirectResponse, Response

from central_server.card_issuing import service
from central_server.card_issuing.csv_reading import MAX_BYTES, read_cards
from central_server.card_issuing.pages import USUAL_TERM
from central_server.card_issuing.schemas import ImportState, ReadFile, TermForm
from central_server.card_issuing.texts import NOTATION_TEXTS
from central_server.cards.card_numbers import Notation
from central_server.kit.centre import ByOf, Centre, CentreOf, Reading
from central_server.kit.forms import Form, read_form
from central_server.kit.guards import requires
from central_server.kit.i18n import Text, text
from central_server.kit.permissions import Permission

router = APIRouter()
_MANAGES = [requires(Permission.MANAGE_HOLDERS)]


@dataclass(frozen=True, slots=True)
class ChooseModel:
    """The form that takes a file."""

    form: Form[TermForm]
    notations: dict[Notation, Text]
    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True)
class ProgressModel:
    """How far an import has come."""

    state: ImportState
    is_stopped: bool
    """Its process is gone; the file may be sent again."""


@router.get("/cards/import", dependencies=_MANAGES)
async def choose_file(request: Request, centre: CentreOf) -> Response:
    """The form that takes a file."""
    return _choose_page(request, centre, Form())


@router.post("/cards/import", dependencies=_MANAGES)
async def import_file(request: Request, centre: CentreOf, by: ByOf) -> Response:
    """Read the file, then go to the page that shows how far it has come."""
    try:
        form = await read_form(request, TermForm)
        name, read = await _uploaded(request)
    finally:
        await request.close()
    if form.value is None:
        return _choose_page(request, centre, form)
    if not read.lines and not read.problems:
        error = text("Please choose a file with at least one card.")
        return _choose_page(request, centre, form.with_error("file", error))
    term = service.term_of(form.value, centre.settings.site.zone)
    async with centre.database.writing() as session:
        state = await service.begin_import(session, name, read, by)
    # The answer leaves first; the page behind it asks how far this has come.
    work = BackgroundTask(service.run_import, centre.database, centre.clock, state, read, term)
    address = f"/cards/imports/{state.import_id}"
    return RedirectResponse(address, status_code=303, background=work)


@router.get("/cards/imports/{import_id}", dependencies=_MANAGES)
async def show_import(
    request: Request, import_id: int, centre: CentreOf, session: Reading
) -> Response:
    """How far an import has come; keeps itself fresh while it runs."""
    state = await service.get_import(session, import_id)
    quiet_ms = centre.clock.now().wall_ms - state.moved_ms
    is_stopped = not state.is_over and quiet_ms > service.STOPPED_AFTER_MS
    return centre.pages.render(
        request, "card_issuing/import.html", ProgressModel(state, is_stopped)
    )


async def _uploaded(request: Request) -> tuple[str, ReadFile]:
    file = (await request.form()).get("file")
    if not isinstance(file, UploadFile):
        return "", ReadFile((), ())
    data = await file.read(MAX_BYTES + 1)
    return file.filename or "", read_cards(data)


def _choose_page(request: Request, centre: Centre, form: Form[TermForm]) -> Response:
    today = centre.clock.now().utc().astimezone(centre.settings.site.zone).date()
    model = ChooseModel(form, NOTATION_TEXTS, today, today + USUAL_TERM)
    status = 422 if form.errors else 200
    return centre.pages.render(request, "card_issuing/choose.html", model, status)
