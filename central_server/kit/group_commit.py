"""Group commit for SQLite: writers who wait for the same lock share one transaction.

A commit waits for the disk, whatever it holds; so those who come while one commits go together
in the next (research central-stack 3.1). Each still has its own result, and an error of one
concerns nobody else. The thread goes on to the next group by itself: the loop, busy with
reading the batch after that, would let the disk wait.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeAlias, TypeVar

from sqlalchemy import Connection, Engine

MOST_TOGETHER: Final = 8
"""Works in one transaction. It bounds how long the first of them waits for the last."""
_GROUPS_PER_TURN: Final = 8
"""Transactions before other writers of this process get the lock."""

_T = TypeVar("_T")
Work: TypeAlias = Callable[[Connection], _T]


@dataclass(slots=True)
class _Turn:
    work: Work[Any]
    answered: asyncio.Future[Any]
    result: Any = None
    error: Exception | None = None

    def answer(self) -> None:
        """Tell whoever waits, if they still do."""
        if self.answered.done():
            return
        if self.error is not None:
            self.answered.set_exception(self.error)
        else:
            self.answered.set_result(self.result)


class GroupCommit:
    """Runs works one after the other in as few transactions as there is time for."""

    def __init__(self, engine: Engine, writer: asyncio.Lock) -> None:
        """`engine` begins writing transactions; `writer` is held while any of them is open."""
        self._engine = engine
        self._writer = writer
        self._waiting: deque[_Turn] = deque()
        self._task: asyncio.Task[None] | None = None

    async def run(self, work: Work[_T]) -> _T:
        """The result of `work`, durable on return; what it raises is undone and raised here.

        `work` runs in a thread and must change nothing but the database: if another of its group
        raises, it is undone with it and run a second time, alone. Whoever stops waiting stops
        nothing.
        """
        answered: asyncio.Future[_T] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Turn(work, answered))
        if self._task is None or self._task.done():
            # Not the caller's: whoever is cancelled leaves the thread, and its lock, to the others.
            self._task = asyncio.create_task(self._serve())  # noqa: TID251 - owned by `close`
        return await answered

    async def close(self) -> None:
        """Finish what was asked for, and close the engine."""
        if self._task is not None:
            await asyncio.wait([self._task])
        self._engine.dispose()

    async def _serve(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            async with self._writer:
                await asyncio.to_thread(self._commit_waiting, loop)

    def _commit_waiting(self, loop: asyncio.AbstractEventLoop) -> None:
        for _ in range(_GROUPS_PER_TURN):
            count = min(len(self._waiting), MOST_TOGETHER)
            if count == 0:
                return
            turns = [self._waiting.popleft() for _ in range(count)]
            self._commit(turns)
            loop.call_soon_threadsafe(_answer, turns)

    def _commit(self, turns: list[_Turn]) -> None:
        try:
            with self._engine.begin() as connection:
                for turn in turns:
                    turn.result = turn.work(connection)
        except Exception as error:  # noqa: BLE001 - raised again where the work was asked for
            if len(turns) == 1:
                turns[0].error = error
                return
            for turn in turns:
                self._commit([turn])


def _answer(turns: list[_Turn]) -> None:
    for turn in turns:
        turn.answer()
