"""The screen at the lane: one page, and what it shows as server-sent events."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from access_core.ids import AccessPointId
from edge_agent.checks import Words
from edge_agent.console.lane_board import STARTING, LaneBoard
from edge_agent.console.templating import Templates

ALIVE_EVERY_S: Final = 1.0
"""A screen that has heard nothing for five of these says that it has lost the gate."""
MOST_STREAMS: Final = 8
"""Screens at one time; a gate has two."""
_ALIVE: Final = b"event: alive\ndata: -\n\n"


class _Picture(msgspec.Struct, frozen=True, kw_only=True):
    """One picture as the page's script reads it."""

    signal: str
    zh: str
    en: str
    place_zh: str
    place_en: str


class LanePages:
    """Needs no session: it shows what everybody at the lane may see."""

    def __init__(
        self,
        board: LaneBoard,
        place: Callable[[AccessPointId], Words],
        templates: Templates,
        over: asyncio.Event,
    ) -> None:
        """`place`: an access point in words; `over` is set when the server stops."""
        self._board = board
        self._place = place
        self._templates = templates
        self._over = over
        self._streams = 0

    def routes(self) -> list[Route]:
        """Where what is."""
        return [
            Route("/lane/{access_point}", self._page),
            Route("/lane/{access_point}/shown", self._stream),
        ]

    async def _page(self, request: Request) -> Response:
        point = AccessPointId(request.path_params["access_point"])
        if self._board.at(point) is None:
            return self._unknown(point)
        return self._templates.render(request, "lane.html", point=point, place=self._place(point))

    async def _stream(self, request: Request) -> Response:
        point = AccessPointId(request.path_params["access_point"])
        if self._board.at(point) is None:
            return self._unknown(point)
        if self._streams >= MOST_STREAMS:
            return PlainTextResponse("too many screens\n", 503)
        return StreamingResponse(self._pictures(point), media_type="text/event-stream")

    async def _pictures(self, point: AccessPointId) -> AsyncIterator[bytes]:
        self._streams += 1
        try:
            before = b""
            while not self._over.is_set():
                changed = self._board.next_change()
                picture = self._picture(point)
                yield _ALIVE if picture == before else b"event: shown\ndata: " + picture + b"\n\n"
                before = picture
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(ALIVE_EVERY_S):
                        await changed.wait()
        finally:
            self._streams -= 1

    def _picture(self, point: AccessPointId) -> bytes:
        shown, place = self._board.at(point) or STARTING, self._place(point)
        return msgspec.json.encode(
            _Picture(
                signal=shown.signal.value,
                zh=shown.text_zh,
                en=shown.text_en,
                place_zh=place.zh,
                place_en=place.en,
            )
        )

    def _unknown(self, point: AccessPointId) -> Response:
        known = ", ".join(f"/lane/{name}" for name in self._board.points())
        return PlainTextResponse(f"no access point {point!r} here; there are: {known}\n", 404)
