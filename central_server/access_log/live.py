"""The live list: what has just arrived, made into HTML once for all who watch.

Every browser holds one stream. At a signal the first of them asks the database and renders the
news in both languages; the others find it in the ring. Someone who was away names the last batch
they saw (`Last-Event-ID`) and gets what came since, the newest `MAX_CATCH_UP` events at most.
"""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Final

from central_server.access_log import service
from central_server.access_log.schemas import EventView
from central_server.access_log.texts import DIRECTION_TEXTS, KIND_TEXTS, reason_words, state_of
from central_server.kit.database import Database
from central_server.kit.i18n import Language, Text
from central_server.kit.pages import Pages
from central_server.kit.signals import wait_for_signal

MAX_CATCH_UP: Final = 100
_RING: Final = 64
_RECHECK_S: Final = 5.0
"""Another process may have written; this one's signals do not say so."""
_KEEP_ALIVE_EVERY: Final = 3


@dataclass(frozen=True, slots=True)
class RowsModel:
    """Rows of the list, newest first."""

    rows: tuple["RowModel", ...]


@dataclass(frozen=True, slots=True)
class RowModel:
    """One row of the list."""

    event: EventView
    kind: Text
    state: str
    direction: Text | None
    reason: str


@dataclass(frozen=True, slots=True)
class _Chunk:
    after: int
    """The batch it follows."""
    batch: int
    """The newest batch in it."""
    html: dict[Language, str]


class LiveLog:
    """What has just arrived."""

    def __init__(self, database: Database, pages: Pages) -> None:
        """Nothing is read before somebody watches."""
        self._database = database
        self._pages = pages
        self._ring: deque[_Chunk] = deque(maxlen=_RING)
        self._lock = asyncio.Lock()

    async def stream(
        self, language: Language, after_batch: int | None
    ) -> AsyncGenerator[str, None]:
        """Server-sent events for one browser, for as long as it listens and the server runs.

        Each has the id of its newest batch and rows as data; a comment keeps the line open.
        """
        quiet = 0
        signals = self._database.signals
        with signals.watch(service.LOG_TOPIC) as event:
            batch = await self._newest() if after_batch is None else after_batch
            yield ": open\n\n"
            while not signals.is_over:
                chunk = await self._after(batch)
                if chunk is not None:
                    batch, quiet = chunk.batch, 0
                    yield sse(chunk.batch, chunk.html[language])
                    continue
                await wait_for_signal(event, _RECHECK_S)
                quiet += 1
                if quiet % _KEEP_ALIVE_EVERY == 0:
                    yield ": quiet\n\n"

    async def _newest(self) -> int:
        async with self._database.reading() as session:
            return await service.newest_batch(session)

    async def _after(self, batch: int) -> _Chunk | None:
        async with self._lock:
            for chunk in self._ring:
                if chunk.after == batch:
                    return chunk
            async with self._database.reading() as session:
                newest = await service.newest_batch(session)
                if newest <= batch:
                    return None
                views = await service.arrived_after(session, batch, MAX_CATCH_UP)
            html = {language: self._render(language, views) for language in Language}
            chunk = _Chunk(batch, newest, html)
            self._ring.append(chunk)
            return chunk

    def _render(self, language: Language, views: tuple[EventView, ...]) -> str:
        rows = rows_model(language, tuple(reversed(views)))
        frame = self._pages.bare_frame(language)
        return self._pages.fragment("access_log/rows.html", rows, frame)


def rows_model(language: Language, views: tuple[EventView, ...]) -> RowsModel:
    """Rows with their words."""
    return RowsModel(
        tuple(
            RowModel(
                event=view,
                kind=KIND_TEXTS[view.kind],
                state=state_of(view.kind),
                direction=None if view.direction is None else DIRECTION_TEXTS[view.direction],
                reason="" if view.reason is None else reason_words(view.reason, language),
            )
            for view in views
        )
    )


def sse(identifier: int, html: str) -> str:
    """One server-sent event (HTML standard, 9.2)."""
    data = "".join(f"data: {line}\n" for line in html.splitlines() if line.strip())
    return f"id: {identifier}\n{data}\n"
