"""All routes of the edge's pages, behind one guard."""

import asyncio
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from edge_agent.console.assets import Assets
from edge_agent.console.gate_view import GateView
from edge_agent.console.guard import Guard
from edge_agent.console.lane_board import LaneBoard
from edge_agent.console.lane_pages import LanePages
from edge_agent.console.metrics import CONTENT_TYPE, Metrics, watch_loop
from edge_agent.console.pages import ConsolePages, OutputTest
from edge_agent.console.reads import ReadDesk
from edge_agent.console.serving import serve
from edge_agent.console.signing_in import SigningIn
from edge_agent.console.templating import Templates


@dataclass(frozen=True, slots=True, kw_only=True)
class Console:
    """Everything the edge shows, not yet served."""

    view: GateView
    board: LaneBoard
    reads: ReadDesk
    metrics: Metrics
    test_output: OutputTest

    def application(self, over: asyncio.Event) -> ASGIApp:
        """The pages; streams end once `over` is set."""
        templates = Templates(self.view.settings.console.first_language)
        door = SigningIn(self.view, templates)
        pages = ConsolePages(
            self.view, self.board, self.reads, templates, test_output=self.test_output
        )
        lane = LanePages(self.board, self.view.place, templates, over)
        assets = Assets()

        async def metrics(_: Request) -> Response:
            return Response(self.metrics.text(), headers={"content-type": CONTENT_TYPE})

        async def asset(request: Request) -> Response:
            return assets.respond(request.path_params["name"])

        routes = [
            Route("/metrics", metrics),
            Route("/static/{name}", asset),
            *lane.routes(),
            *door.routes(),
            *pages.routes(door),
        ]
        return Guard(Starlette(routes=routes), self.view.clock)

    async def run(self) -> None:
        """Serve until cancelled; nothing at all if the settings say so."""
        over = asyncio.Event()
        await serve(self.application(over), self.view.settings.console.port, over)

    async def watch_loop(self) -> None:
        """Measure the event loop until cancelled."""
        await watch_loop(self.metrics, self.view.clock)
