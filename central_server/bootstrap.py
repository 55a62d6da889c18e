"""Composition root: settings and a clock in, an application out. All wiring stands here."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Final

from fastapi import APIRouter, FastAPI, Request
from starlette.responses import Response

from access_core.clock import Clock
from access_core.wire.messages import MAX_BATCH_BYTES
from central_server.access_levels import pages as level_pages
from central_server.access_log import pages as log_pages
from central_server.access_log.live import LiveLog
from central_server.alarms import pages as alarm_pages
from central_server.card_issuing import import_pages as card_import_pages
from central_server.card_issuing import pages as card_pages
from central_server.card_issuing.csv_reading import MAX_BYTES
from central_server.config import Settings
from central_server.edge_sync import api as edge_api
from central_server.edge_sync.service import EdgeSync
from central_server.holders import pages as holder_pages
from central_server.kit.centre import Centre, CentreOf, Limits
from central_server.kit.database import Database
from central_server.kit.guards import check_guarded, public
from central_server.kit.i18n import load_catalogues, text
from central_server.kit.keys import open_keys
from central_server.kit.limits import Limiter
from central_server.kit.pages import NavEntry, Pages
from central_server.kit.passwords import PasswordHasher
from central_server.kit.permissions import Permission
from central_server.kit.signed_in import SignedIn
from central_server.kit.static_files import StaticFiles
from central_server.kit.viewings import Viewings
from central_server.kit.web import RequestEdge, add_error_answers
from central_server.operators import pages as operator_pages
from central_server.operators import service as operator_service
from central_server.sites import pages as site_pages
from central_server.visits import operator_pages as visit_operator_pages
from central_server.visits import pages as visit_pages

static_router = APIRouter()


@static_router.get("/static/{version}/{name:path}", dependencies=[public("page assets")])
async def serve_static(request: Request, version: str, name: str, centre: CentreOf) -> Response:
    """One page asset."""
    accept_encoding = request.headers.get("accept-encoding", "")
    return centre.pages.static.respond(version, name, accept_encoding)


ROUTERS: Final[tuple[APIRouter, ...]] = (
    static_router,
    edge_api.router,
    operator_pages.router,
    site_pages.router,
    holder_pages.router,
    level_pages.router,
    log_pages.router,
    alarm_pages.router,
    card_pages.router,
    card_import_pages.router,
    visit_pages.router,
    visit_operator_pages.router,
)
"""Every route of the centre. A feature's pages exist once they are listed here."""

NAV: Final[tuple[NavEntry, ...]] = (
    NavEntry(Permission.APPROVE_OWN_VISITS, "/my-visits", text("My visitors")),
    NavEntry(Permission.APPROVE_DESK_VISITS, "/desk", text("Visitors")),
    NavEntry(Permission.VIEW_GATES, "/gates", text("Gates")),
    NavEntry(Permission.VIEW_LOG, "/log", text("Access log")),
    NavEntry(Permission.VIEW_LOG, "/alarms", text("Alarms")),
    NavEntry(Permission.VIEW_HOLDERS, "/holders", text("People")),
    NavEntry(Permission.MANAGE_ACCESS_LEVELS, "/access-levels", text("Access levels")),
    NavEntry(Permission.MANAGE_OPERATORS, "/operators", text("Operators")),
    NavEntry(Permission.VIEW_AUDIT, "/audit", text("Audit")),
)
"""The console's navigation, in order; each operator sees what they may open."""

BODY_LIMITS: Final = {
    "/edge/v1/events": MAX_BATCH_BYTES + 64 * 1024,
    "/cards/import": MAX_BYTES + 64 * 1024,
}
"""Bytes of a body by path prefix, where it is not a form. Base64 of identifiers comes on top."""


def create_app(settings: Settings, clock: Clock) -> FastAPI:
    """The application; `state_dir` gets its signing keys if it has none.

    ProgramError if a route does not declare who may ask. The database must be migrated.
    """
    check_guarded(ROUTERS)
    centre = make_centre(settings, clock)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        await centre.database.close()

    app = FastAPI(
        title="Campus gateway",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.state.centre = centre
    app.state.edge_sync = EdgeSync(settings, centre.keys)
    app.state.live_log = LiveLog(centre.database, centre.pages)
    for router in ROUTERS:
        app.include_router(router)
    add_error_answers(app)
    app.add_middleware(RequestEdge, is_https=settings.is_https, body_limits=BODY_LIMITS)
    return app


def make_centre(settings: Settings, clock: Clock) -> Centre:
    """Everything a request may reach, from settings; opens the keys, not yet the database."""
    limits = settings.limits
    return Centre(
        settings=settings,
        clock=clock,
        database=Database(settings.database_url),
        keys=open_keys(settings.state_dir),
        pages=Pages(settings=settings, catalogues=load_catalogues(), static=StaticFiles(), nav=NAV),
        limits=Limits(
            sign_in=Limiter(limits.sign_in_per_min, limits.sign_in_per_min),
            booking=Limiter(limits.booking_per_min, limits.booking_per_min),
            enrol=Limiter(limits.enrol_per_min, limits.enrol_per_min),
        ),
        viewings=Viewings(),
        passwords=PasswordHasher(),
        find_session=partial(_find_session, settings),
    )


async def _find_session(
    settings: Settings, database: Database, hashed: bytes, now_ms: int
) -> SignedIn | None:
    return await operator_service.find_session(database, settings.sessions, hashed, now_ms)
