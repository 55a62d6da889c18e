"""The four endpoints of the wire protocol (docs/protocol.md).

Bodies are bounded before they are read (`bootstrap.BODY_LIMITS`), signatures are checked before
bodies are interpreted, and every error is JSON `{"error": code, "detail": text}`.
"""

import asyncio
from typing import Annotated, Any, Final

import msgspec
from fastapi import APIRouter, Depends, Query, Request
from fastapi.openapi.utils import get_openapi
from starlette.responses import JSONResponse, Response

from access_core.wire.messages import EdgeStatus, EnrolRequest, EventBatch, Reader, encode
from access_core.wire.request_signature import SignedParts
from central_server.edge_sync.service import EdgeSync
from central_server.kit.centre import ByOf, CentreOf, centre_of, source_of
from central_server.kit.feed import FEED_TOPIC
from central_server.kit.guards import public, signed
from central_server.kit.signals import wait_for_signal
from central_server.sites.service import EnrolCodeUsedAgain, KnownEdge

router = APIRouter()

MAX_WAIT_S: Final = 60
_RECHECK_S: Final = 5.0
"""Another process may have written; this one's signals do not say so."""
_ENROL: Final = Reader(EnrolRequest)
_BATCH: Final = Reader(EventBatch)
_STATUS: Final = Reader(EdgeStatus)
_JSON: Final = "application/json"


def _edge_sync(request: Request) -> EdgeSync:
    found = request.app.state.edge_sync
    assert isinstance(found, EdgeSync)  # noqa: S101 - tells the type of an untyped attribute
    return found


async def _sync(request: Request) -> EdgeSync:
    return _edge_sync(request)


Sync = Annotated[EdgeSync, Depends(_sync)]


async def _known_edge(request: Request) -> KnownEdge:
    centre = centre_of(request)
    parts = SignedParts(
        method=request.method,
        path=request.url.path,
        query=request.scope["query_string"].decode("latin-1"),
        body=await request.body(),
    )
    now = centre.clock.now()
    sync = _edge_sync(request)
    return await sync.authenticate(centre.database, parts, dict(request.headers), now)


Edge = Annotated[KnownEdge, Depends(_known_edge)]


def _body(kind: type[msgspec.Struct]) -> dict[str, Any]:
    """How OpenAPI describes a body that is read past the framework."""
    (schema,), components = msgspec.json.schema_components([kind], ref_template="#/$defs/{name}")
    described = {**schema, "$defs": components}
    return {"requestBody": {"required": True, "content": {_JSON: {"schema": described}}}}


@router.post(
    "/edge/v1/enrol",
    dependencies=[signed("by nobody yet: the one-time code is the right")],
    openapi_extra=_body(EnrolRequest),
)
async def enrol(request: Request, centre: CentreOf, sync: Sync, by: ByOf) -> Response:
    """Enrol an edge by its one-time code."""
    centre.limits.enrol.spend(source_of(request), centre.clock.now())
    message = _ENROL.read(await request.body())
    try:
        async with centre.database.writing() as session:
            response = await sync.enrol(session, message, by)
    except EnrolCodeUsedAgain as refusal:
        # In a transaction of its own: the refusal has rolled the other one back.
        async with centre.database.writing() as session:
            await sync.note_code_used_again(session, refusal.edge, message, by)
        raise
    return Response(encode(response), media_type=_JSON)


@router.get("/edge/v1/changes", dependencies=[signed("by the edge's own key")])
async def get_changes(
    edge: Edge,
    centre: CentreOf,
    sync: Sync,
    after: Annotated[int, Query(ge=0, lt=1 << 62)],
    wait: Annotated[int, Query(ge=0, le=MAX_WAIT_S)] = 0,
) -> Response:
    """What changed above revision `after`; waits up to `wait` seconds for news, then 204.

    A server that stops answers at once.
    """
    await sync.prepare_poll(centre.database, edge, after, centre.clock.now().wall_ms)
    loop = asyncio.get_running_loop()
    deadline = loop.time() + wait
    signals = centre.database.signals
    with signals.watch(FEED_TOPIC) as event:
        while True:
            message = await sync.changes(centre.database, edge, after, centre.clock.now())
            if message is not None:
                return Response(encode(message), media_type=_JSON)
            remaining_s = deadline - loop.time()
            if remaining_s <= 0 or signals.is_over:
                return Response(status_code=204)
            await wait_for_signal(event, min(remaining_s, _RECHECK_S))


@router.post(
    "/edge/v1/events",
    dependencies=[signed("by the edge's own key")],
    openapi_extra=_body(EventBatch),
)
async def receive_events(request: Request, edge: Edge, centre: CentreOf, sync: Sync) -> Response:
    """Record a batch; the signed receipt is sent after the commit."""
    batch = _BATCH.read(await request.body())
    now_ms = centre.clock.now().wall_ms
    receipt = await sync.record_events(centre.database, edge, batch, now_ms)
    return Response(encode(receipt), media_type=_JSON)


@router.post(
    "/edge/v1/status",
    dependencies=[signed("by the edge's own key")],
    openapi_extra=_body(EdgeStatus),
)
async def receive_status(request: Request, edge: Edge, centre: CentreOf, sync: Sync) -> Response:
    """Note how the edge is."""
    status = _STATUS.read(await request.body())
    async with centre.database.writing() as session:
        await sync.note_status(session, edge, status, centre.clock.now().wall_ms)
    return Response(status_code=204)


@router.get("/api/openapi.json", dependencies=[public("describes the endpoints for machines")])
async def describe() -> Response:
    """The endpoints for machines as OpenAPI; docs/protocol.md says what it cannot."""
    routes = [r for r in router.routes if getattr(r, "path", "").startswith("/edge/")]
    return JSONResponse(get_openapi(title="Campus gateway", version="1", routes=routes))
