"""The edge's journal as a technician follows it: `edge-agent export-journal --follow`.

Only a way to learn that the edge has answered, and with which reason. What counts as opened or
refused is what the rotor did.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import msgspec

from access_core.errors import AccessControlError
from access_core.model.access_event import AccessEvent, AccessEventKind
from simulators.processes import Program, lines_of

_DECISIONS = frozenset({AccessEventKind.ACCESS_GRANTED, AccessEventKind.ACCESS_DENIED})
_OUTCOMES = frozenset(
    {
        AccessEventKind.ACCESS_TAKEN,
        AccessEventKind.ACCESS_NOT_TAKEN,
        AccessEventKind.ACCESS_REVERSED,
        AccessEventKind.ACCESS_OUTCOME_UNKNOWN,
        AccessEventKind.RELEASE_FAILED,
    }
)
_TRY_AGAIN_S = 0.3


class _Head(msgspec.Struct, frozen=True):
    """The first line of the export."""

    epoch: str


class _Numbered(msgspec.Struct, frozen=True):
    """Every other line."""

    seq: int
    event: AccessEvent


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One event in its place; `epoch` as hexadecimal digits."""

    epoch: str
    seq: int
    event: AccessEvent


@dataclass(frozen=True, slots=True)
class Answer:
    """The edge's answer to one code held up."""

    kind: AccessEventKind
    decision_id: str | None
    reason: str
    """The deciding reason; empty for a grant."""
    wall_ms: int


class NoAnswer(AccessControlError):
    """The edge's journal did not say what it had to in time."""


class JournalFeed:
    """Everything in the journal, as it is written."""

    def __init__(self) -> None:
        """Empty until `follow` runs."""
        self.lines: list[JournalLine] = []
        self._listener: Callable[[JournalLine], None] | None = None
        self._waiting: list[tuple[Callable[[JournalLine], bool], asyncio.Future[JournalLine]]] = []

    async def follow(self, program: Program) -> None:
        """Read what `program` prints until cancelled; start it again until there is a journal."""
        while not await self._follow_once(program):  # noqa: ASYNC110 - a program sets no event here
            await asyncio.sleep(_TRY_AGAIN_S)

    async def _follow_once(self, program: Program) -> bool:
        """Whether there was anything to follow."""
        decoder = msgspec.json.Decoder(_Numbered)
        async with lines_of(program) as lines:
            first = await anext(lines, None)
            if first is None:
                return False
            head = msgspec.json.decode(first, type=_Head)
            async for text in lines:
                numbered = decoder.decode(text)
                self.take(JournalLine(head.epoch, numbered.seq, numbered.event))
        return True

    def tell(self, listener: Callable[[JournalLine], None]) -> None:
        """Call `listener` with every line from now on."""
        self._listener = listener

    def take(self, line: JournalLine) -> None:
        """Add one line and wake who waits for it."""
        self.lines.append(line)
        if self._listener is not None:
            self._listener(line)
        for is_wanted, future in self._waiting:
            if not future.done() and is_wanted(line):
                future.set_result(line)

    def lost_devices(self) -> set[str]:
        """Names of the devices that were last heard of as lost."""
        lost: set[str] = set()
        for line in self.lines:
            name = line.event.detail.partition(":")[0]
            if line.event.kind is AccessEventKind.DEVICE_LOST:
                lost.add(name)
            elif line.event.kind is AccessEventKind.DEVICE_READY:
                lost.discard(name)
        return lost

    @asynccontextmanager
    async def answer(self, timeout_s: float) -> AsyncIterator[asyncio.Future[Answer]]:
        """A future of the first decision written from now on; NoAnswer if none comes in time."""
        answered: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        with self._wait(lambda line: line.event.kind in _DECISIONS) as line:
            line.add_done_callback(lambda done: _hand_over(done, answered))
            try:
                async with asyncio.timeout(timeout_s):
                    yield answered
            except TimeoutError:
                raise NoAnswer(f"the edge did not answer within {timeout_s:.0f} s") from None

    @asynccontextmanager
    async def seen(self, kind: AccessEventKind, timeout_s: float) -> AsyncIterator[None]:
        """On leaving, wait until an event of `kind` was written since entering."""
        with self._wait(lambda line: line.event.kind is kind) as line:
            yield
            await _within(line, timeout_s, kind)

    async def outcome(self, answer: Answer, timeout_s: float) -> JournalLine:
        """What became of a grant, from now or before; NoAnswer if nothing in time."""

        def is_it(line: JournalLine) -> bool:
            event = line.event
            return event.kind in _OUTCOMES and event.decision_id == answer.decision_id

        for line in self.lines:
            if is_it(line):
                return line
        with self._wait(is_it) as future:
            return await _within(future, timeout_s, "outcome of the grant")

    def _wait(self, is_wanted: Callable[[JournalLine], bool]) -> "_Waiting":
        return _Waiting(self._waiting, is_wanted)


class _Waiting:
    """One place in the list of those who wait for a line."""

    def __init__(
        self,
        waiting: list[tuple[Callable[[JournalLine], bool], asyncio.Future[JournalLine]]],
        is_wanted: Callable[[JournalLine], bool],
    ) -> None:
        self._waiting = waiting
        self._entry = (is_wanted, asyncio.get_running_loop().create_future())

    def __enter__(self) -> asyncio.Future[JournalLine]:
        self._waiting.append(self._entry)
        return self._entry[1]

    def __exit__(self, *_: object) -> None:
        self._waiting.remove(self._entry)
        self._entry[1].cancel()


async def _within(future: asyncio.Future[JournalLine], timeout_s: float, what: str) -> JournalLine:
    try:
        async with asyncio.timeout(timeout_s):
            return await future
    except TimeoutError:
        raise NoAnswer(f"the journal did not show: {what}, within {timeout_s:.0f} s") from None


def _hand_over(done: asyncio.Future[JournalLine], answered: asyncio.Future[Answer]) -> None:
    if done.cancelled() or answered.done():
        return
    event = done.result().event
    reason = event.reasons[0] if event.reasons else ""
    answered.set_result(Answer(event.kind, event.decision_id, reason, event.wall_ms))
