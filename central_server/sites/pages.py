"""Gates: how each is, how to add one, how to enrol its edge."""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from central_server.kit.audit import By
from central_server.kit.centre import ByOf, Centre, CentreOf, Reading, Writing
from central_server.kit.database import Session
from central_server.kit.errors import Conflict, NotFound
from central_server.kit.feed import head_revision
from central_server.kit.forms import Form, read_form
from central_server.kit.guards import requires
from central_server.kit.permissions import Permission
from central_server.sites import service
from central_server.sites.schemas import AreaView, GateView, NewAreaForm, NewGateForm

router = APIRouter()


@dataclass(frozen=True, slots=True)
class GatesModel:
    """The list of gates."""

    gates: tuple[GateView, ...]
    head: int
    """The newest revision of the rules."""
    now_ms: int


@dataclass(frozen=True, slots=True)
class NewGateModel:
    """The forms that add a gate or an area."""

    areas: tuple[AreaView, ...]
    gate_form: Form[NewGateForm]
    area_form: Form[NewAreaForm]


@dataclass(frozen=True, slots=True)
class GateModel:
    """One gate, with what its edge's settings must say."""

    gate: GateView
    head: int
    now_ms: int
    public_url: str
    code: str = ""
    """An enrolment code just made, shown once."""
    code_min: int = 0


@router.get("/gates", dependencies=[requires(Permission.VIEW_GATES)])
async def list_gates(request: Request, centre: CentreOf, session: Reading, by: ByOf) -> Response:
    """Every gate and how it is."""
    gates = await service.list_gates(
        session, now_ms=by.now_ms, offline_after_s=centre.settings.edges.offline_after_s
    )
    model = GatesModel(gates, await head_revision(session), by.now_ms)
    return centre.pages.render(request, "sites/gates.html", model)


@router.get("/gates/new", dependencies=[requires(Permission.MANAGE_GATES)])
async def new_gate_page(request: Request, centre: CentreOf, session: Reading) -> Response:
    """The forms to add a gate or an area."""
    model = NewGateModel(await service.list_areas(session), Form(), Form())
    return centre.pages.render(request, "sites/new.html", model)


@router.post("/gates/new", dependencies=[requires(Permission.MANAGE_GATES)])
async def add_gate(request: Request, centre: CentreOf, session: Writing, by: ByOf) -> Response:
    """Add a gate and go to it."""
    form = await read_form(request, NewGateForm)
    if form.value is not None:
        try:
            await service.add_gate(session, form.value, by)
        except Conflict as error:
            form = form.with_error("gate_id", error.text)
        except NotFound as error:
            form = form.with_error("area_id", error.text)
        else:
            return RedirectResponse(f"/gates/{form.typed['gate_id']}", status_code=303)
    model = NewGateModel(await service.list_areas(session), form, Form())
    return centre.pages.render(request, "sites/new.html", model, 422)


@router.post("/areas/new", dependencies=[requires(Permission.MANAGE_GATES)])
async def add_area(request: Request, centre: CentreOf, session: Writing, by: ByOf) -> Response:
    """Add an area and go back to the forms."""
    form = await read_form(request, NewAreaForm)
    if form.value is not None:
        try:
            await service.add_area(session, form.value, by)
        except Conflict as error:
            form = form.with_error("area_id", error.text)
        else:
            return RedirectResponse("/gates/new", status_code=303)
    model = NewGateModel(await service.list_areas(session), Form(), form)
    return centre.pages.render(request, "sites/new.html", model, 422)


@router.get("/gates/{gate_id}", dependencies=[requires(Permission.VIEW_GATES)])
async def show_gate(
    request: Request, gate_id: str, centre: CentreOf, session: Reading, by: ByOf
) -> Response:
    """One gate and its devices."""
    model = await _gate_model(centre, session, gate_id, by)
    return centre.pages.render(request, "sites/gate.html", model)


@router.post("/gates/{gate_id}/enrol-code", dependencies=[requires(Permission.MANAGE_GATES)])
async def make_enrol_code(
    request: Request, gate_id: str, centre: CentreOf, session: Writing, by: ByOf
) -> Response:
    """A code for the edge at this gate, shown once."""
    minutes = centre.settings.edges.enrol_code_min
    code = await service.make_enrol_code(session, gate_id, minutes, by)
    model = await _gate_model(centre, session, gate_id, by, code)
    return centre.pages.render(request, "sites/gate.html", model)


async def _gate_model(
    centre: Centre, session: Session, gate_id: str, by: By, code: str = ""
) -> GateModel:
    edges = centre.settings.edges
    gate = await service.get_gate(
        session, gate_id, now_ms=by.now_ms, offline_after_s=edges.offline_after_s
    )
    return GateModel(
        gate,
        await head_revision(session),
        by.now_ms,
        centre.settings.server.public_url,
        code,
        edges.enrol_code_min,
    )
